"""The batches of many steps at once, as the inputs of fused's graphs.

NumPy draws the order and gathers rows into memory that MXNet reads where it is.
"""

import contextlib
import dataclasses
import functools
import itertools

import numpy as np

from ..compat import mx
from ..data import epoch_order
from ..scratch import borrowed

nd = mx.nd
BUDGET = 2**23  # bytes of a block's rows and maps: what a processor's cache may hold
MOST_EPOCHS = 256  # side by side: MXNet's split and concat bear 3072 parts; as quick
MOST_STEPS = 64  # in one graph of chain or wide: each takes 0.1 to 0.5 ms to compile
GRAPH_TAKES = 4  # wide's graph takes every fourth batch itself: see Block.num_gathered


@dataclasses.dataclass(frozen=True)
class Block:
    """What one call of a graph walks; a graph is compiled for each different Block.

    form: a name in fused.FORMS. epochs: walked side by side, 1 unless a block holds a
    whole epoch. steps: of each epoch. rows: of a batch. size: s = d + 2. dtype: of the
    data. decays: whether there is weight decay. sums: whether the iterates are added up.
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
    def num_gathered(self):
        """The number of batches gathered here; wide's graph takes the last ones itself.

        To gather a batch of wide, waiting for memory, takes longer than its step. Both
        threads are busy, and done about together, if the graph takes a few as well.
        """
        taken = self.steps // GRAPH_TAKES if self.form == "wide" else 0
        return self.places - taken


def plan(form, shape, config, dtype, num_epochs):
    """Return the Block by which training on features of shape (n, d) proceeds."""
    n, d = shape
    rows, size = min(config.batch_size, n), d + 2
    steps = -(-n // rows)
    bytes_of_step = (rows * size + 3 * size**2) * dtype.itemsize
    most = max(1, BUDGET // bytes_of_step)
    decays = config.weight_decay > 0
    if form != "tree":
        return Block(form, 1, min(steps, most, MOST_STEPS), rows, size, dtype, decays)
    most, whole = 2 ** (most.bit_length() - 1), 2 ** (steps - 1).bit_length()
    epochs = max(1, min(num_epochs, most // whole, MOST_EPOCHS))
    return Block(form, epochs, min(whole, most), rows, size, dtype, decays)


@functools.lru_cache(maxsize=32)
def bit_reversed(steps):
    """Return 0 ... steps - 1, steps a power of two, ordered by their reversed bits."""
    order = np.zeros(1, np.intp)
    while len(order) < steps:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


@functools.lru_cache(maxsize=8)
def step_order(block, blocks):
    """Return which step of which epoch is loaded where: (blocks, places).

    A step is counted on through the epochs, each of blocks * block.steps steps.
    """
    step = bit_reversed(block.steps) if block.form == "tree" else range(block.steps)
    first = block.steps * np.arange(blocks)
    epoch = blocks * block.steps * np.arange(block.epochs)
    places = first[:, None, None] + np.asarray(step)[:, None] + epoch
    return places.reshape(blocks, -1)


def block_rows(n, seed, first, block):
    """Yield the row for each place of block.epochs epochs, block by block.

    Each is int64 (places, rows). Epochs of one block are loaded side by side. Row n
    stands where there is no example.
    """
    blocks = -(-n // (block.steps * block.rows))
    rows = np.full((block.epochs, blocks * block.steps * block.rows), n)
    for side in range(block.epochs):
        rows[side, :n] = epoch_order(n, seed, first + side)
    rows = rows.reshape(-1, block.rows)
    yield from (rows.take(places, axis=0) for places in step_order(block, blocks))


def in_place(block, lrs, factors):
    """Return lr times the factor of each step of an epoch where the step is loaded.

    lrs: one for each of block.epochs epochs, or one for all. Float64 (blocks, places),
    0 where there is no step.
    """
    steps = -(-len(factors) // block.steps) * block.steps
    factors = np.append(factors, np.zeros(steps - len(factors)))
    lrs = np.broadcast_to(lrs, block.epochs)
    values = np.multiply.outer(lrs, factors).ravel()
    return values[step_order(block, steps // block.steps)]


def step_rates(n, block, lrs):
    """Return lr / B for each step of some epochs, as its form multiplies by it.

    Shape (blocks, places, s, 1): times the mask, and 0 where there is no step. Of wide
    (blocks, places, 1, rows, 1): for each example, and 0 where there is none. The last
    batch may be short. lrs: as in_place says.
    """
    steps = -(-n // block.rows)
    factors = np.full(steps, 1 / block.rows)
    factors[-1] = 1 / (n - (steps - 1) * block.rows)
    rates = in_place(block, lrs, factors).astype(block.dtype)
    if block.form == "wide":
        rates = rates.repeat(block.rows)
        rates[n:] = 0
        return rates.reshape(-1, block.steps, 1, block.rows, 1)
    return np.multiply.outer(rates, mask(block, 1))[..., None]


def step_decays(n, block, lrs, weight_decay):
    """Return by which share each step shrinks each entry of t = [w, b, 1].

    That is lr * weight_decay for w and 0 else: shape (blocks, places, s, 1), of wide
    (blocks, places, 1, 1), for w alone. lrs: as in_place says.
    """
    factors = np.full(-(-n // block.rows), weight_decay)
    decays = in_place(block, lrs, factors).astype(block.dtype)[..., None, None]
    return decays if block.form == "wide" else decays * mask(block, 2)[:, None]


def mask(block, last):
    """Return ones (s,), but 0 in the last places: those of [1] or of [b, 1]."""
    return np.repeat([1, 0], [block.size - last, last]).astype(block.dtype)


@functools.lru_cache(maxsize=4)
def kept_rates(n, block, lrs, weight_decay):
    """Return, for each block of an epoch, [step_rates] or [them, step_decays].

    As NDArrays. All but the last block's are alike, and then the same ones.
    """
    rates = [step_rates(n, block, lrs)]
    if block.decays:
        rates.append(step_decays(n, block, lrs, weight_decay))
    first, last = ([nd.from_numpy(r[i].copy()) for r in rates] for i in (0, -1))
    return [first] * (len(rates[0]) - 1) + [last]


class Workspace:
    """The memory of a run, shared by NumPy, which fills it, and the graphs.

    A graph that finds its inputs where they were starts sooner, so small workspaces are
    kept (``workspace``). t: (s, 1). Z: example rows [x, 1, -y], and a last one of zeros
    for a place without an example: a residual of 0 that pulls at nothing. Wide has no
    Z: it reads the data where they are. buffers: one or two.
    """

    def __init__(self, shape, block, count):
        self.block = block
        self.t = np.empty((block.size, 1), block.dtype)
        self.t_nd = borrowed(self.t)
        examples = 0 if block.form == "wide" else shape[0] + 1
        # Not np.zeros: what np.empty gives comes in large pages, four times sooner.
        self.Z = np.empty((examples, block.size), block.dtype)
        self.Z[:-1, -2], self.Z[-1:] = 1, 0
        self.Z_nd = borrowed(self.Z[:-1]) if examples else None
        self.buffers = [Buffer(block) for _ in range(count)]

    def fill(self, features, labels):
        """Return what batches are gathered from; and all data, as NDArrays.

        Both are lists: [Z], or of wide [X (n, d), Y (n, 1)].
        """
        if self.block.form == "wide":
            data = features, labels[:, None]
            tables = [np.ascontiguousarray(each) for each in data]
            return tables, [borrowed(table) for table in tables]
        self.Z[:-1, :-2] = features
        np.negative(labels, out=self.Z[:-1, -1])
        return [self.Z], [self.Z_nd]


class Buffer:
    """The gathered batches of a block. inputs: of the graph, NDArrays.

    These are G (places, B, s); or of wide X (1, B, d) batch by batch, then y (places,
    1, B, 1), then the rows (taken, 1, B) of the batches that the graph takes.
    """

    def __init__(self, block):
        rows = block.places, block.rows
        if block.form == "wide":
            X = np.empty((block.num_gathered, block.rows, block.size - 2), block.dtype)
            y = np.empty((*rows, 1), block.dtype)
            self.parts, self.rows = [X, y], np.zeros(rows, np.int64)
            taken = self.rows[block.num_gathered :]
            self.inputs = [*borrowed(X[:, None]), borrowed(y[:, None])]
            self.inputs += [borrowed(taken[:, None])] if len(taken) else []
        else:
            self.parts, self.rows = [np.empty((*rows, block.size), block.dtype)], None
            self.inputs = [borrowed(self.parts[0])]

    def gather(self, tables, rows):
        """Copy what stands at a block's rows (places, B) in the tables."""
        for table, part in zip(tables, self.parts):
            # "clip" because "raise" would copy; what it moves is an example of rate 0.
            table.take(rows[: len(part)], axis=0, out=part, mode="clip")
        if self.rows is not None:
            self.rows[:] = rows


def gathered(tables, n, seed, epochs, space):
    """Yield the number and the inputs of a buffer, block after block of the epochs.

    Two buffers take turns, so that a block may be gathered while the one before it is
    used.
    """
    turns = itertools.cycle(enumerate(space.buffers))
    for first in range(epochs.start, epochs.stop, space.block.epochs):
        for rows in block_rows(n, seed, first, space.block):
            number, buffer = next(turns)
            buffer.gather(tables, rows)
            yield number, buffer.inputs


@functools.lru_cache(maxsize=8)
def idle(shape, block, count):
    """Return the list of the workspaces of a kind that no run uses just now."""
    return []


@contextlib.contextmanager
def workspace(shape, block, count):
    """Lend a Workspace: two runs at once, in two threads, never have the same.

    A run that was broken off does not give it back: its graph may still read it.
    """
    pool = idle(shape, block, count)
    try:
        space = pool.pop()
    except IndexError:
        space = Workspace(shape, block, count)
    yield space
    arrays = [space.Z, *space.buffers[0].parts]
    if max(array.nbytes for array in arrays) <= BUDGET:
        pool.append(space)
