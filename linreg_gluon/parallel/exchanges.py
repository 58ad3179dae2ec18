"""What travels between workers: an array that all add up, and a sign of life."""

import os
import time

from ..compat import mx
from .launcher import MARK

nd = mx.nd
_keys = iter(range(2**31))  # the server knows an array by its key, and for ever


class Exchange:
    """Sums a float32 array over the workers: all call, and all get the sum.

    shape: of the array. Each has a key of its own at the server. seconds: spent waiting
    in it. messages, bytes: that this worker sent and was sent. There is none for
    float64: whether the server keeps that as float32 is up to a flag (multi_precision_,
    in kvstore_dist_server.h) which MXNet leaves unset.
    """

    def __init__(self, kv, shape):
        self.kv, self.key, self.seconds = kv, next(_keys), 0.0
        self.messages = self.bytes = 0
        self.total = nd.zeros(shape)
        kv.init(self.key, self.total)  # rank 0 sends it, and all meet at a barrier

    def sum(self, array):
        """Return the sum; the array that it is in is used again by the next call."""
        start = time.perf_counter()
        self.send(array)
        self.total.wait_to_read()  # no worker runs ahead of what it has been told
        self.seconds += time.perf_counter() - start
        return self.total

    def begin(self, array):
        """Send an array; return a function that waits and returns the sum as NumPy."""
        self.send(array)

        def end():
            start = time.perf_counter()
            total = self.total.asnumpy()
            self.seconds += time.perf_counter() - start
            return total

        return end

    def send(self, array):
        """Ask for the sum; MXNet's engine does the rest meanwhile."""
        self.kv.push(self.key, array)
        self.kv.pull(self.key, out=self.total)
        self.messages += 2
        self.bytes += 2 * array.size * 4  # float32, there and back


class Marks:
    """Tells the launcher, at most once a second, that the work goes on."""

    def __init__(self):
        self.told = 0.0 if "LINREG_GLUON_MARKS" in os.environ else float("inf")

    def tell(self):
        if time.monotonic() > self.told + 1:
            self.told = time.monotonic()
            os.write(2, MARK + b"\n")
