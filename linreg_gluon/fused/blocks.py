"""By which form, which steps are walked at once, and which example stands where."""

import dataclasses
import functools

import numpy as np

from ..data import epoch_order

FORMS = ("tree", "chain", "wide")
BUDGET = 2**22  # bytes of a block's rows, and maps or S: caches hold a few of them
MOST_EPOCHS = 256  # side by side: on_epoch is called for all of them at once
ONE_THREAD = 2**13  # numbers: OpenBLAS takes more for a product from 9216 on


def choose(num_inputs, rows):
    """Return the name of the fastest form for d features and batches of so many rows.

    Composing costs 2 s^3 operations a step against the calls that it saves, four of
    chain and eight of wide. Measured (microseconds a step of tree, chain, wide; 2
    cores): batches of 10: d 20: 2.7, 5.1, 15; d 30: 5.9, 6.9, 17; d 40: 8.4, 7, 14. Of
    100: d 20: 14, 20, 26; d 40: 25, 21, 23; d 60: 40, 25, 24; d 100: -, 45, 29. Of
    1000: d 10: 80, 103, 82; d 15: 72, 107, 70; d 20: 89, 139, 76; d 40: 185, 152, 85.
    """
    if rows * num_inputs >= (15_000 if num_inputs < 30 else 6000):
        return "wide"
    return "tree" if num_inputs <= 35 else "chain"


@dataclasses.dataclass(frozen=True)
class Block:
    """What is walked at once.

    form: one of FORMS. epochs: walked side by side, 1 unless a block holds a
    whole epoch. steps: of each epoch. rows: of a batch. size: s = d + 2. dtype: of the
    data. decays: whether there is weight decay. sums: whether the iterates are summed.
    """

    form: str
    epochs: int
    steps: int
    rows: int
    size: int
    dtype: np.dtype
    decays: bool = False
    sums: bool = False

    @property
    def places(self):
        """The number of batches: of all steps of all epochs."""
        return self.steps * self.epochs

    @property
    def parts(self):
        """(k, p): of wide's batch, k parts of p examples, some of them none."""
        k = min(self.rows, -(-self.rows * (self.size - 2) // ONE_THREAD))
        return k, -(-self.rows // k)


def plan(form, shape, config, dtype, num_epochs, sums=False):
    """Return the Block by which training on features of shape (n, d) proceeds."""
    n, d = shape
    rows, size = min(config.batch_size, n), d + 2
    steps = -(-n // rows)
    # Numbers besides the rows; of wide none, but half its block is walked as fast.
    beside = {"tree": 3 * size**2, "chain": rows * size, "wide": rows * size}
    most = max(1, BUDGET // ((rows * size + beside[form]) * dtype.itemsize))
    more = config.weight_decay > 0, sums
    if form != "tree":
        blocks = -(-steps // most)
        return Block(form, 1, -(-steps // blocks), rows, size, dtype, *more)
    most, whole = 2 ** (most.bit_length() - 1), 2 ** (steps - 1).bit_length()
    epochs = max(1, min(num_epochs, most // whole, MOST_EPOCHS))
    return Block(form, epochs, min(whole, most), rows, size, dtype, *more)


@functools.lru_cache(maxsize=32)
def bit_reversed(steps):
    """Return 0 ... steps - 1, steps a power of two, ordered by their reversed bits."""
    order = np.zeros(1, np.intp)
    while len(order) < steps:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


@functools.lru_cache(maxsize=8)
def step_order(block):
    """Return which step of which epoch is loaded where: (places,).

    A step is counted on through the epochs.
    """
    step = bit_reversed(block.steps) if block.form == "tree" else range(block.steps)
    epoch = block.steps * np.arange(block.epochs)
    return (np.asarray(step)[:, None] + epoch).ravel()


def cut(n, block):
    """Return the Blocks of an epoch of n examples: alike, but for tree's last.

    That one is as small a power of two as holds the steps that are left.
    """
    steps = -(-n // block.rows)
    blocks = [block] * -(-steps // block.steps)
    left = steps - (len(blocks) - 1) * block.steps
    if block.form == "tree" and 2 * left <= block.steps:
        fewer = 2 ** (left - 1).bit_length()
        blocks[-1] = dataclasses.replace(block, steps=fewer)
    return blocks


def block_rows(n, seed, first, blocks):
    """Yield the examples of each of an epoch's Blocks, in order of steps.

    int64 (places, rows), of each epoch of a block one after the other, the first of
    them given. Row n stands where there is no example.
    """
    sides, start = range(first, first + blocks[0].epochs), 0
    orders = [epoch_order(n, seed, epoch) for epoch in sides]
    for block in blocks:
        stop = start + block.steps * block.rows
        parts = [order[start:stop] for order in orders]
        rows = parts[0]
        if len(parts) > 1 or stop > n:
            rows = np.full((len(parts), stop - start), n)
            rows[:, : len(parts[0])] = parts
        yield rows.reshape(-1, block.rows)
        start = stop


def fill(G, features, labels, rows):
    """Write the examples at rows (places, B) into G (places, B, s), each [x, 1, -y].

    Row n, which a last batch may be short of, is one of zeros: a residual of 0 that
    pulls at nothing. (Of a missing batch any row will do: its rate is 0.) In G of order
    F batches lie side by side, and then the rows are taken in that order, too.
    """
    Z = np.moveaxis(G, -1, 0)
    if not G.flags.c_contiguous:
        Z, rows = G.T, np.ascontiguousarray(rows.T)
    # "clip" reads n as n - 1. ("raise" would be slower, and has nothing to find.)
    Z[:-2] = np.moveaxis(features.take(rows, axis=0, mode="clip"), -1, 0)
    Z[-2] = 1
    np.negative(labels.take(rows, mode="clip"), out=Z[-1])
    if len(labels) % G.shape[1]:
        Z[:, rows == len(labels)] = 0
