"""The examples, and the batches of many steps at once: the inputs of fused's graphs.

NumPy draws the order and gathers rows into memory that MXNet reads where it is.
"""

import contextlib
import ctypes
import functools
import itertools

import numpy as np

from ..compat import mx
from .blocks import BUDGET, block_rows


def lent(array):
    """Return a C-contiguous array as an NDArray that shares its memory, unowned.

    A graph keeps what it was last given until it is given something else, perhaps for
    ever: it must not keep anybody's data alive. Whoever calls a graph holds the array
    himself, until the graph has been waited for; afterwards nothing reads there.
    """
    memory = (ctypes.c_char * array.nbytes).from_address(array.ctypes.data)
    return mx.nd.from_numpy(np.frombuffer(memory, array.dtype).reshape(array.shape))


class Examples:
    """What batches are gathered from: the tables, arrays of one row for each example.

    They are [Z], rows [x, 1, -y] and a last one of zeros for a place without an
    example: a residual of 0 that pulls at nothing; of wide [X (n, d), Y (n, 1)], the
    caller's own. data: the inputs that a graph is given of them.
    """

    def __init__(self, features, labels, block):
        if block.form == "wide":
            tables = features, labels[:, None]
            self.tables = [np.ascontiguousarray(each) for each in tables]
            self.data = [lent(self.tables[0])]
            return
        # Not np.zeros: what np.empty gives comes in large pages, four times sooner.
        Z = np.empty((len(features) + 1, block.size), block.dtype)
        Z[:-1, :-2], Z[:-1, -2], Z[-1] = features, 1, 0
        np.negative(labels, out=Z[:-1, -1])
        self.tables, self.data = [Z], []

    def losses(self, ends):
        """Return the mean half squared error of each column [w, b, 1] (s,) of ends."""
        with np.errstate(all="ignore"):  # a loss that is not finite says it all
            if len(self.tables) == 1:
                # One by one: a product with several columns rounds in another order.
                Z = self.tables[0][:-1]
                residuals = [Z @ t for t in np.ascontiguousarray(ends.T)]
            else:
                (X, Y), (w, (b,), _) = self.tables, np.split(ends, [-2, -1])
                residuals = X @ w
                residuals += b - Y
                residuals = residuals.T
            return [float(r @ r) / (2 * len(r)) for r in residuals]


class Workspace:
    """The memory of a run, shared by NumPy, which fills it, and the graphs.

    A graph that finds its inputs where they were starts sooner, so small workspaces are
    kept (``workspace``). buffers: one or two. told_nd: the inputs rates..., t (s, 1).
    """

    def __init__(self, block, count):
        self.block = block
        self.buffers = [Buffer(block) for _ in range(count)]
        self.memory, self.told, self.told_nd = None, None, None

    def tell(self, t, told):
        """Let the graph begin at t (s,), at a block's rates told (of kept_rates)."""
        if self.memory is None:
            self.memory = [*map(np.empty_like, told), np.empty_like(t[:, None])]
            self.told_nd = [lent(each) for each in self.memory]
        *rates, own = self.memory
        own[:, 0] = t
        if told is not self.told:
            for array, each in zip(rates, told):
                array[:] = each
            self.told = told


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
            self.inputs = [*lent(X[:, None]), lent(y[:, None])]
            self.inputs += [lent(taken[:, None])] if len(taken) else []
        else:
            self.parts, self.rows = [np.empty((*rows, block.size), block.dtype)], None
            self.inputs = [lent(self.parts[0])]

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
def idle(block, count):
    """Return the list of the workspaces of a kind that no run uses just now."""
    return []


@contextlib.contextmanager
def workspace(block, count):
    """Lend a Workspace: two runs at once, in two threads, never have the same.

    A run that was broken off does not give it back: its graph may still read it.
    """
    pool = idle(block, count)
    try:
        space = pool.pop()
    except IndexError:
        space = Workspace(block, count)
    yield space
    if max(array.nbytes for array in space.buffers[0].parts) <= BUDGET:
        pool.append(space)
