"""The lecture's steps, the same ones in the same order, as a few compiled MXNet graphs.

Notation: z = [x, 1, -y] is an example and t = [w, b, 1] the parameters, both of length
s = d + 2, so that z . t is the example's residual. A batch G (B, s) of such rows has
the residuals G t, and a step of SGD on the squared loss is an affine map of (w, b):

    t <- t - lr / B mask G'G t = (I - D) t,    mask = diag(1, ..., 1, 0)

(the mask keeps t's last entry at 1). Three forms walk a block of steps: ``tree``
multiplies the maps pairwise, ``chain`` and ``wide`` take step after step; ``choose``
says which is fastest where. docs/fused.md explains why this is possible.
"""

import dataclasses
import functools
import itertools
import math

import numpy as np

from .blocks import gathered, kept_rates, plan, workspace
from .compat import mx
from .config import Fit, end_epoch
from .data import check_arrays, check_finite, check_start, epoch_order
from .scratch import init_params

nd = mx.nd


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

        r = rate (X w + b - y),    w <- w - X' r,    b <- b - sum(r)

    The batches' features come as X (1, B, d), so that X' r is a convolution of width 1:
    the examples are its channels, the residuals its weights. (The BLAS in MXNet's wheel
    is slow for a matrix times a single column.) The last batches are still to be taken
    from all features, at the rows given.
    """
    *batches, y, rows, features = G
    w, b = parameters(F, t)
    for each in unstack(F, rows, block.steps - block.num_gathered):
        batches.append(F.take(features, each, axis=0, mode="clip"))
    labels, rates = (unstack(F, each, block.steps) for each in (y, rates))
    for X, y, rate in zip(batches, labels, rates):
        r = rate * residuals(F, X, y, w, b)
        sums = F.Convolution(X, r, kernel=(1,), num_filter=1, no_bias=True)
        w = w - F.squeeze(sums, axis=0)
        b = b - F.sum(r, axis=(0, 1))
    one = F.slice_axis(t, axis=0, begin=-1, end=None)
    yield F.concat(w.reshape((-1, 1)), b.reshape((1, 1)), one, dim=0)


def parameters(F, t):
    """Return w (1, d) and b (1,) of t = [w, b, 1]."""
    w = F.slice_axis(t, axis=0, begin=0, end=-2).reshape((1, -1))
    return w, F.slice_axis(t, axis=0, begin=-2, end=-1).reshape((1,))


def residuals(F, X, y, w, b):
    """Return X w + b - y (..., 1) of X (..., d), y (..., 1), w (1, d) and b (1,)."""
    return F.FullyConnected(X, w, b, num_hidden=1, flatten=False) - y


FORMS = {"tree": tree, "chain": chain, "wide": wide}


def choose(num_inputs, rows):
    """Return the name of the fastest form for d features and batches of so many rows.

    Composing costs 2 s^3 operations a step against the two calls that it saves; wide
    has eight calls a step, and they pay once a batch is large. Measured (microseconds a
    step of tree, chain, wide; 2 cores): batches of 10: d 20: 3, 6, 24; d 40: 10, 7, 25;
    d 500: -, 85, 95. Of 100: d 30: 18, 24, 35; d 50: 34, 35, 34; d 100: 107, 61, 35. Of
    1000: d 10: 60, 101, 85; d 20: 93, 161, 87; d 100: 548, 696, 175.
    """
    if rows * num_inputs >= 2**14 or (num_inputs > 30 and rows * num_inputs > 5000):
        return "wide"
    return "tree" if num_inputs <= 30 else "chain"


def unstack(F, array, count):
    """Return the count parts of array along its first axis, without that axis."""
    if count < 2:  # one output of a split is no list
        return [F.squeeze(array, axis=0)] * count
    return F.split(array, num_outputs=count, axis=0, squeeze_axis=True)


@functools.lru_cache(maxsize=32)
def compiled(block, with_loss, buffer):
    """Return the graph of a block as a function (rates, t, data..., G...) -> a matrix.

    A column for each epoch: t after it. With_loss, the products of the epochs'
    residuals over all examples, which are the data, stand below; their diagonal is the
    sums of squares. buffer: each has a graph of its own, which then finds its inputs
    where they were; else it would take up to 0.1 ms a step to start.
    """
    F = mx.sym
    rates, t = F.var("rates"), F.var("t")
    if block.form == "wide":
        data = [F.var("X"), F.var("Y")]
        batches = ["X%d" % i for i in range(block.num_gathered)]
        G = [F.var(name) for name in [*batches, "y", "rows"]]
        walked = wide(F, [*G, data[0]], rates, t, block)
    else:
        data, G = [F.var("Z")], [F.var("G")]
        walked = FORMS[block.form](F, *G, rates, t, block)
    graph = F.concat(*walked, dim=1)
    if with_loss:
        if block.form == "wide":
            r = residuals(F, *data, *parameters(F, graph))
        else:
            r = F.dot(*data, graph)
        graph = F.concat(graph, F.dot(r, r, transpose_a=True), dim=0)
    inputs = [each.name for each in (rates, t, *data, *G)]
    order = [inputs.index(name) for name in graph.list_inputs()]
    flags = {"static_alloc": True, "static_shape": True}
    # What it is told are parameters it looks up anew only when they have moved.
    flags["param_indices"] = list(range(len(order)))
    op = nd.CachedOp(graph, list(flags.items()))
    return lambda *arrays: op(*[arrays[i] for i in order])


def first_batch(features, labels, config):
    """Return the first batch (X, y) of an epoch as NDArrays, to be looked at."""
    rows = epoch_order(len(features), config.seed, 0)[: config.batch_size]
    return nd.array(features[rows]), nd.array(labels[rows])


def walk(features, labels, t, config, epochs, block):
    """Yield (t, loss) after each of the epochs, a multiple of block.epochs many.

    t: NumPy (s,), at the start.
    """
    n = len(labels)
    rates = kept_rates(n, block, config.lr)
    several = len(rates) * len(epochs) > block.epochs
    with workspace(features.shape, block, 1 + several) as space:
        tables, data = space.fill(features, labels)
        batches = gathered(tables, n, config.seed, epochs, space)
        buffer, G = next(batches)
        for part in itertools.cycle(range(len(rates))):
            ends_epoch = part == len(rates) - 1
            space.t[:, 0] = t  # the graph before has been waited for
            graph = compiled(block, ends_epoch, buffer)
            running = graph(rates[part], space.t_nd, *data, *G)
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
