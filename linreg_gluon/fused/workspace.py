"""The batches of many steps at once: the inputs of fused's graphs.

NumPy gathers rows into memory that MXNet reads where it is.
"""

import contextlib
import ctypes
import functools

import numpy as np

from ..compat import mx
from .blocks import BUDGET, fill
from .graphs import compiled


def lent(array):
    """Return a C-contiguous array as an NDArray that shares its memory, unowned.

    A graph keeps what it was last given until it is given something else, perhaps for
    ever: it must not keep anybody's data alive. Whoever calls a graph holds the array
    himself, until the graph has been waited for; afterwards nothing reads there.
    """
    memory = (ctypes.c_char * array.nbytes).from_address(array.ctypes.data)
    return mx.nd.from_numpy(np.frombuffer(memory, array.dtype).reshape(array.shape))


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

    def gather(self, features, labels, rows):
        """Copy what stands at a block's rows (places, B) in features and labels."""
        if self.rows is None:
            return fill(self.parts[0], features, labels, rows)
        for table, part in zip((features, labels[:, None]), self.parts):
            # "clip" because "raise" would copy; what it moves is an example of rate 0.
            table.take(rows[: len(part)], axis=0, out=part, mode="clip")
        self.rows[:] = rows


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


def walk(features, labels, t, jobs, block):
    """Yield t after each block, and beside it, if block.sums, their sum: (1, 2 s).

    Arguments as of tree.walk. A block is gathered while MXNet's engine walks the one
    before it.
    """
    given = []
    if block.form == "wide":  # None: of a graph that takes nothing itself
        given = [lent(features) if block.lends else None]
    (rows, told), following = next(jobs), next(jobs, None)
    count, number = 2 if following else 1, 0
    with workspace(block, count) as space:
        space.buffers[0].gather(features, labels, rows)
        while told is not None:
            space.tell(t, told)  # the graph before has been waited for
            inputs = *space.told_nd, *given, *space.buffers[number].inputs
            running = compiled(block, number)(*inputs)
            rows, told = following or (None, None)
            try:
                if following:
                    number = 1 - number
                    space.buffers[number].gather(features, labels, rows)
                    following = next(jobs, None)
            finally:  # in any case it must not go on reading what is freed
                ends = running.asnumpy().T
            t = ends[0, : block.size]
            yield ends
