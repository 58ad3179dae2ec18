"""Which form is cheaper: an exchange a step, or one a block of more numbers.

Seconds of an epoch of T steps, batches of B over N workers, d features, s = d + 2:

    step:  T (message + 8 (d + 1) byte)               + 4 n d / N  flop
    gram:  blocks message + T 8 s (s + 1) / 2  byte   + 2 n s^2 / N  flop

A message is an exchange of nearly nothing, a byte counts each way. What the loop costs
besides is left out: in Gluon it is some tenth of a millisecond a step, so where the two
come close gram is the faster.
"""

import time
from typing import NamedTuple

import numpy as np

from ..compat import mx

nd = mx.nd
LARGE = 2**18  # numbers, of the exchange that tells what a byte costs
TIMES = 3


class Costs(NamedTuple):
    """Seconds per floating-point operation, per exchange, and per byte."""

    flop: float
    message: float
    byte: float

    def epoch(self, form, data):
        """Return the seconds of an epoch in a form; data: a gram.Epochs."""
        n, s, steps = data.num_examples, data.size, data.num_steps
        each = n / data.place[1]
        if form == "step":
            numbers = steps * (s - 1)
            return (
                steps * self.message
                + 8 * numbers * self.byte
                + 4 * each * s * self.flop
            )
        numbers = steps * s * (s + 1) // 2
        return (
            data.num_blocks * self.message + 8 * numbers * self.byte
            + 2 * each * s**2 * self.flop
        )  # fmt: skip

    def choose(self, data):
        """Return "gram" or "step", the cheaper one."""
        return min(("gram", "step"), key=lambda form: self.epoch(form, data))


def fastest(work):
    """Return the seconds of the fastest of some calls."""
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def measured(worker, data):
    """Return the Costs measured here and now, the same on each worker."""
    rows = min(-(-data.num_examples // worker.size), 2**16)
    Z = nd.ones((rows, data.size), dtype=data.dtype)

    def product():
        nd.dot(Z, Z, transpose_a=True).wait_to_read()

    flop = fastest(product) / (2 * rows * data.size**2)
    small, large = np.zeros(1, np.float32), np.zeros(LARGE, np.float32)
    message = fastest(lambda: worker.begin(small)())
    byte = max(fastest(lambda: worker.begin(large)()) - message, 0) / large.nbytes / 2
    # Told to all alike, or they might choose differently and wait for ever.
    return Costs(*(worker.sum(np.array([flop, message, byte])) / worker.size))
