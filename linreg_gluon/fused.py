"""The lecture's steps, the same ones in the same order, as a few compiled MXNet graphs.

Notation: z = [x, 1, -y] is an example and t = [w, b, 1] the parameters, both of length
s = d + 2, so that z . t is the example's residual. A batch G (B, s) of such rows has
the residuals G t, and a step of SGD on the squared loss is an affine map of (w, b):

    t <- t - lr / B mask G'G t = (I - D) t,    mask = diag(1, ..., 1, 0)

(the mask keeps t's last entry at 1). Three forms walk a block of steps: ``tree``
multiplies the maps pairwise, ``chain`` and ``wide`` take step after step; ``choose``
says which is fastest where. docs/fused.md explains why this is possible.
"""

import contextlib
import dataclasses
import functools
import itertools
import math

import numpy as np

from .compat import mx
from .config import Fit, end_epoch
from .data import check_arrays, check_finite, check_start, epoch_order
from .scratch import init_params

nd = mx.nd
BUDGET = 2**23  # bytes of a block's rows and maps: what a processor's cache may hold
MOST_STEPS = 64  # in one graph of chain or wide: each takes 0.1 to 0.5 ms to compile


def tree(F, G, rates, t, block):
    """Compose an epoch's steps pairwise, log2(steps) levels; t after each epoch.

        (I - b) (I - a) = I - (a - (b a - b))        two steps, a first

    is computed in this deviation form: products of I - D itself would round every small
    D to the digits of 1. (A difference, because MXNet hands a sum of two arrays to
    oneDNN, which takes longer to begin than to add.) G and rates come in bit-reversed
    order of steps, so that the two contiguous halves of a level face each other as
    neighbours in time.
    """
    D = F.broadcast_mul(rates, F.batch_dot(G, G, transpose_a=True))
    for _ in range(block.steps.bit_length() - 1):
        a, b = F.split(D, num_outputs=2, axis=0)
        D = a - F.linalg.gemm(b, a, b, alpha=1, beta=-1)
    for each in unstack(F, D, block.epochs):
        t = F.linalg.gemm(each, t, t, alpha=-1, beta=1)
        yield t


def chain(F, G, rates, t, block):
    """Take step after step, two products each: r = G t, t <- t - (rates G)' r."""
    scaled = F.broadcast_mul(G, F.swapaxes(rates, 1, 2))
    pairs = zip(unstack(F, G, block.steps), unstack(F, scaled, block.steps))
    for batch, factor in pairs:
        r = F.dot(batch, t)
        t = F.linalg.gemm(factor, r, t, transpose_a=True, alpha=-1, beta=1)
    yield t


def wide(F, G, rates, t, block):
    """Take step after step as chain does, with a large batch's products by oneDNN.

    Its rows come apart, z = (x, e) with e = [1, -y], so that the features need not be
    copied to stand beside the labels. X' r is a convolution of width 1: the rows are
    its channels, the residuals its weights. The BLAS in MXNet's wheel is slow for a
    matrix times a single column.
    """
    for (X, e), rate in zip(G, unstack(F, rates, block.steps)):
        r = residuals(F, X, e, t)
        sums = F.Convolution(
            X.reshape((1, block.rows, -1)), r.reshape((1, block.rows, 1)),
            kernel=(1,), num_filter=1, no_bias=True,
        )  # fmt: skip
        both = F.concat(sums.reshape((-1, 1)), F.dot(e, r, transpose_a=True), dim=0)
        t = t - rate * both
    yield t


def residuals(F, X, e, t):
    """Return X w + e [b, 1], (B, 1), for t = [w, b, 1]."""
    w = F.slice_axis(t, axis=0, begin=0, end=-2).reshape((1, -1))
    c = F.slice_axis(t, axis=0, begin=-2, end=None)
    y_hat = F.FullyConnected(X, w, num_hidden=1, no_bias=True, flatten=False)
    return y_hat + F.dot(e, c)


FORMS = {"tree": tree, "chain": chain, "wide": wide}


def choose(num_inputs, rows):
    """Return the name of the fastest form for d features and batches of so many rows.

    Composing costs 2 s^3 operations a step against the two calls that it saves; wide
    has ten calls a step, and they pay once a batch is large. Measured (microseconds a
    step of tree, chain, wide; 2 cores): batches of 10: d 20: 5, 7, 95; d 40: 13, 6, 68;
    d 100: 92, 22, 129. Of 100: d 30: 16, 26, 94; d 50: 59, 51, 71; d 200: 526, 165,
    112. Of 1000: d 30: 126, 383, 385; d 50: 273, 400, 274; d 100: 731, 1119, 431.
    """
    if rows * num_inputs >= 2**14 and num_inputs > 30:
        return "wide"
    return "tree" if num_inputs <= 30 else "chain"


@dataclasses.dataclass(frozen=True)
class Block:
    """What one call of a graph walks; a graph is compiled for each different Block.

    form: of FORMS. epochs: walked side by side, 1 unless a block holds a whole epoch.
    steps: of each epoch. rows: of a batch. size: s = d + 2. dtype: of the data.
    """

    form: str
    epochs: int
    steps: int
    rows: int
    size: int
    dtype: np.dtype


def plan(form, shape, config, dtype):
    """Return the Block by which training on features of shape (n, d) proceeds."""
    n, d = shape
    rows, size = min(config.batch_size, n), d + 2
    steps = -(-n // rows)
    bytes_of_step = (rows * size + 3 * size**2) * dtype.itemsize
    most = max(1, BUDGET // bytes_of_step)
    if form != "tree":
        return Block(form, 1, min(steps, most, MOST_STEPS), rows, size, dtype)
    most, whole = 2 ** (most.bit_length() - 1), 2 ** (steps - 1).bit_length()
    epochs = max(1, min(config.num_epochs, most // whole))
    return Block(form, epochs, min(whole, most), rows, size, dtype)


def unstack(F, array, count):
    """Return the count parts of array along its first axis, without that axis."""
    if count == 1:  # one output of a split is no list
        return [F.squeeze(array, axis=0)]
    return F.split(array, num_outputs=count, axis=0, squeeze_axis=True)


@functools.lru_cache(maxsize=32)
def compiled(block, with_loss, buffer):
    """Return the graph of a block as a function (G..., rates, t[, Z...]) -> a matrix.

    A column for each epoch: t after it. With_loss, the products of the epochs'
    residuals over all examples, the rows of Z, stand below; their diagonal is the sums
    of squares. buffer: each has a graph of its own, which then finds its inputs where
    they were; else it would take up to 0.1 ms a step to start.
    """
    F = mx.sym
    rates, t = F.var("rates"), F.var("t")
    if block.form == "wide":
        G = [(F.var("X%d" % i), F.var("e%d" % i)) for i in range(block.steps)]
        inputs, Z = [each for pair in G for each in pair], [F.var("X"), F.var("e")]
    else:
        G, Z = F.var("G"), [F.var("Z")]
        inputs = [G]
    graph = F.concat(*FORMS[block.form](F, G, rates, t, block), dim=1)
    if with_loss:
        r = residuals(F, *Z, graph) if block.form == "wide" else F.dot(*Z, graph)
        graph = F.concat(graph, F.dot(r, r, transpose_a=True), dim=0)
    inputs += [rates, t, *(Z if with_loss else [])]
    order = [[each.name for each in inputs].index(n) for n in graph.list_inputs()]
    flags = {"static_alloc": True, "static_shape": True}
    # What it is told are parameters it looks up anew only when they have moved.
    flags["param_indices"] = list(range(len(order)))
    op = nd.CachedOp(graph, list(flags.items()))
    return lambda *arrays: op(*[arrays[i] for i in order])


class Workspace:
    """The memory of a run, shared by NumPy, which fills it, and the graphs.

    A graph that finds its inputs where they were starts sooner, so small workspaces are
    kept (``workspace``). Z: example rows. t: (s, 1). buffers: one or two
    pairs of a block's gathered rows, NumPy arrays, and a graph's inputs, NDArrays.
    """

    def __init__(self, shape, block, count):
        n, d = shape
        columns = (d, 2) if block.form == "wide" else (block.size,)
        # Not np.zeros: what np.empty gives comes in large pages, four times sooner.
        self.Z = np.empty((n + 1, columns[-1]), block.dtype)
        self.Z[:-1, -2], self.Z[-1] = 1, 0
        self.t = np.empty((block.size, 1), block.dtype)
        self.Z_nd, self.t_nd = shared(self.Z[:n]), shared(self.t)
        rows = block.steps * block.epochs, block.rows
        self.buffers = []
        for _ in range(count):
            parts = [np.empty((*rows, each), block.dtype) for each in columns]
            inputs = [shared(part) for part in parts]
            if block.form == "wide":
                inputs = [each for pair in zip(*map(list, inputs)) for each in pair]
            self.buffers.append((parts, inputs))

    def fill(self, features, labels, block):
        """Return what batches are gathered from: [Z], or wide's [X, e].

        A row of Z is [x, 1, -y], of e [1, -y]. The last row, of zeros, pads a short
        batch: a residual of 0 that pulls at nothing. Of X it is missing: gathered
        clears what stands for it. The second list is all examples as NDArrays.
        """
        np.negative(labels, out=self.Z[:-1, -1])
        if block.form == "wide":
            X = np.ascontiguousarray(features)
            return [X, self.Z], [shared(X), self.Z_nd]
        self.Z[:-1, :-2] = features
        return [self.Z], [self.Z_nd]


def shared(array):
    """Return an NDArray that shares the memory of a NumPy array."""
    return nd.from_numpy(array[:])  # a view: what it is given becomes read-only


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
    if space.Z.nbytes <= BUDGET:
        pool.append(space)


def first_batch(features, labels, config):
    """Return the first batch (X, y) of an epoch as NDArrays, to be looked at."""
    rows = epoch_order(len(features), config.seed, 0)[: config.batch_size]
    return nd.array(features[rows]), nd.array(labels[rows])


@functools.lru_cache(maxsize=32)
def bit_reversed(steps):
    """Return 0 ... steps - 1, steps a power of two, ordered by their reversed bits."""
    order = np.zeros(1, np.intp)
    while len(order) < steps:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def step_rates(n, block, lr):
    """Return lr / B times the mask for each step of an epoch, 0 where there is none.

    Shape (blocks, steps * epochs, s, 1): the last batch may be short, the last block
    may lack steps, and all epochs of a block are alike.
    """
    steps = -(-n // block.rows)
    rates = np.zeros(-(-steps // block.steps) * block.steps)
    rates[:steps] = lr / block.rows
    rates[steps - 1] = lr / (n - (steps - 1) * block.rows)
    rates = rates.reshape(-1, block.steps)
    rates = rates.repeat(block.epochs, 0).ravel()[step_order(block, len(rates))]
    mask = np.append(np.ones(block.size - 1), 0)
    return np.multiply.outer(rates, mask)[..., None].astype(block.dtype)


@functools.lru_cache(maxsize=8)
def step_order(block, blocks):
    """Return which step of which epoch is loaded where: (blocks, steps * epochs).

    A step is counted on through the epochs, each of blocks * block.steps steps.
    """
    step = bit_reversed(block.steps) if block.form == "tree" else range(block.steps)
    first = block.steps * np.arange(blocks)
    epoch = blocks * block.steps * np.arange(block.epochs)
    places = first[:, None, None] + np.asarray(step)[:, None] + epoch
    return places.reshape(blocks, -1)


def block_rows(n, seed, first, block):
    """Yield the row of Z for each place of block.epochs epochs, block by block.

    Each is (steps * epochs, rows). Epochs of one block are loaded side by side. Row n
    stands where there is no example.
    """
    blocks = -(-n // (block.steps * block.rows))
    rows = np.full((block.epochs, blocks * block.steps * block.rows), n)
    for side in range(block.epochs):
        rows[side, :n] = epoch_order(n, seed, first + side)
    rows = rows.reshape(-1, block.rows)
    yield from (rows.take(places, axis=0) for places in step_order(block, blocks))


def gathered(Z, n, seed, epochs, block, buffers):
    """Yield (buffer, the batches of a block as a list of NDArrays) block after block.

    Two buffers take turns, so that a block may be gathered while the one before it is
    used.
    """
    turns = itertools.cycle(enumerate(buffers))
    for first in range(epochs.start, epochs.stop, block.epochs):
        for rows in block_rows(n, seed, first, block):
            buffer, (parts, inputs) = next(turns)
            for table, part in zip(Z, parts):
                # "clip" because "raise" would copy; what it moves is cleared.
                table.take(rows, axis=0, out=part, mode="clip")
                if len(table) == n and rows[-1, -1] == n:
                    part[rows == n] = 0
            yield buffer, inputs


@functools.lru_cache(maxsize=4)
def kept_rates(n, block, lr):
    """Return step_rates as a list of NDArrays, one for each block of an epoch.

    All but the last are alike, and then the same one.
    """
    rates = step_rates(n, block, lr)
    first, last = (nd.from_numpy(rates[i].copy()) for i in (0, -1))
    return [first] * (len(rates) - 1) + [last]


def walk(features, labels, t, config, epochs, block):
    """Yield (t, loss) after each of the epochs, a multiple of block.epochs many.

    t: NumPy (s,), at the start.
    """
    n = len(labels)
    rates = kept_rates(n, block, config.lr)
    several = len(rates) * len(epochs) > block.epochs
    with workspace(features.shape, block, 1 + several) as space:
        Z, everything = space.fill(features, labels, block)
        batches = gathered(Z, n, config.seed, epochs, block, space.buffers)
        buffer, G = next(batches)
        for part in itertools.cycle(range(len(rates))):
            ends_epoch = part == len(rates) - 1
            space.t[:, 0] = t  # the graph before has been waited for
            inputs = [*G, rates[part], space.t_nd, *(everything if ends_epoch else [])]
            running = compiled(block, ends_epoch, buffer)(*inputs)
            # Gathered while MXNet's engine walks this block.
            buffer, G = next(batches, (None, None))
            ends = running.asnumpy()
            t = ends[: block.size, -1]
            if ends_epoch:
                losses = ends[block.size :].diagonal() / (2 * n)
                yield from zip(ends[: block.size].T, losses.tolist())
            if G is None:
                return


def train(features, labels, config, *, start=None, on_epoch=None):
    """Train by the same steps as scratch.train, many times faster.

    Arguments, result and errors are those of scratch.train, and so are the batches, the
    initial weights and hence the numbers, to float32 rounding. The learning rate is
    constant. on_epoch may be called for several epochs at once, after the last of them.
    """
    return train_with(None, features, labels, config, start=start, on_epoch=on_epoch)


def train_with(form, features, labels, config, *, start=None, on_epoch=None):
    """Train as train does, in one form of FORMS: "tree", "chain" or "wide".

    form None leaves the choice to ``choose``. Raises ValueError for any other name.
    """
    if form is not None and form not in FORMS:
        raise ValueError(f"form must be one of {sorted(FORMS)}, got {form!r}")
    check_arrays(features, labels)
    start = check_start(start, features.shape[1])
    form = form or choose(features.shape[1], min(config.batch_size, len(features)))
    t = start_vector(start, features.shape[1], config, features.dtype)
    losses = list(start.losses) if start is not None else []
    for epochs, block in segments(form, features, config, len(losses)):
        for t, loss in walk(features, labels, t, config, epochs, block):
            if not math.isfinite(loss):  # as it always is on data that are not
                check_finite(features, labels)
            end_epoch(losses, loss, features, config, on_epoch)
    return Fit(t[:-2].copy(), float(t[-2]), tuple(losses))


def segments(form, features, config, first):
    """Yield (epochs, Block): the epochs that fill whole blocks, then what is left."""
    block = plan(form, features.shape, config, features.dtype)
    stop = first + config.num_epochs
    left = config.num_epochs % block.epochs
    yield range(first, stop - left), block
    if left:
        yield range(stop - left, stop), dataclasses.replace(block, epochs=left)


def start_vector(start, num_inputs, config, dtype):
    """Return the initial t = [w, b, 1] (s,): from a Fit, or scratch's weights."""
    if start is None:
        start = initial_fit(num_inputs, config.seed, dtype)
    return np.concatenate([start.w, [start.b, 1]]).astype(dtype)


@functools.lru_cache(maxsize=32)
def initial_fit(num_inputs, seed, dtype):
    """Return scratch's initial weights as a Fit.

    Kept, because seeding MXNet's generator takes longer than the lecture's training.
    """
    w, b = init_params(num_inputs, seed, dtype)
    return Fit(w.asnumpy().ravel(), b.asscalar())
