"""The batches of many steps at once, as the inputs of fused's graphs.

NumPy draws the order and gathers rows into memory that MXNet reads where it is.
"""

import contextlib
import functools
import itertools

import numpy as np

from ..scratch import borrowed
from .blocks import BUDGET, block_rows


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
