"""The lecture's steps, the same ones in the same order, as compiled MXNet graphs.

With the notation of tree.py, two forms take step after step of a block: ``chain`` and
``wide``. ``blocks.choose`` says which is fastest where; docs/fused.md says why.
"""

import functools

from ..compat import mx

nd = mx.nd


def chain(F, G, rates, t, block):
    """Take step after step, two products each: r = G t, t <- t - (rates G)' r."""
    (G,), (rates, *decays) = G, rates
    scaled = F.broadcast_mul(G, F.swapaxes(rates, 1, 2))
    parts = [unstack(F, each, block.steps) for each in (G, scaled, *decays)]
    iterates = []
    for batch, factor, *decay in zip(*parts):
        r = F.dot(batch, t)
        for share in decay:
            t = t - share * t
        t = F.linalg.gemm(factor, r, t, transpose_a=True, alpha=-1, beta=1)
        iterates.append(t)
    return F.concat(t, F.add_n(*iterates), dim=0) if block.sums else t


def wide(F, G, rates, t, block):
    """Take step after step as chain does, with a large batch's products by oneDNN.

        r = rate (X w + b - y),    w <- w - X' r,    b <- b - sum(r)

    The batches' features come as X (1, B, d), so that X' r is a convolution of width 1:
    the examples are its channels, the residuals its weights. (The BLAS in MXNet's wheel
    is slow for a matrix times a single column.) The last batches are still to be taken
    from all features, at the rows given.
    """
    *batches, y, rows, features = G
    w = F.slice_axis(t, axis=0, begin=0, end=-2).reshape((1, -1))
    b = F.slice_axis(t, axis=0, begin=-2, end=-1).reshape((1,))
    for each in unstack(F, rows, block.steps - block.num_gathered):
        batches.append(F.take(features, each, axis=0, mode="clip"))
    parts, iterates = [unstack(F, each, block.steps) for each in (y, *rates)], []
    for X, y, rate, *decay in zip(batches, *parts):
        r = rate * (F.FullyConnected(X, w, b, num_hidden=1, flatten=False) - y)
        sums = F.Convolution(X, r, kernel=(1,), num_filter=1, no_bias=True)
        for share in decay:
            w = w - F.broadcast_mul(share, w)
        w = w - F.squeeze(sums, axis=0)
        b = b - F.sum(r, axis=(0, 1))
        iterates.append((w, b))
    one = F.slice_axis(t, axis=0, begin=-1, end=None)
    ends = [w.reshape((-1, 1)), b.reshape((1, 1)), one]
    if block.sums:
        w, b = (F.add_n(*each) for each in zip(*iterates))
        ends += [w.reshape((-1, 1)), b.reshape((1, 1)), block.steps * one]
    return F.concat(*ends, dim=0)


GRAPHS = {"chain": chain, "wide": wide}


def unstack(F, array, count):
    """Return the count parts of array along its first axis, without that axis."""
    if count < 2:  # one output of a split is no list
        return [F.squeeze(array, axis=0)] * count
    return F.split(array, num_outputs=count, axis=0, squeeze_axis=True)


@functools.lru_cache(maxsize=32)
def compiled(block, buffer):
    """Return the graph of a block as a function (rates..., t, data..., G...) -> column.

    That is t after its steps, and below it, if block.sums, the sum of t after each
    place of its steps (those without a step count). Only wide's has data, the
    features. buffer: each has a graph of its own, which then finds its inputs where
    they were; else it would take up to 0.1 ms a step to start.
    """
    F = mx.sym
    rates, t, data = [F.var("rates")], F.var("t"), []
    if block.decays:
        rates.append(F.var("decays"))
    if block.form == "wide":
        data = [F.var("X")]
        batches = ["X%d" % i for i in range(block.num_gathered)]
        G = [F.var(name) for name in [*batches, "y", "rows"]]
    else:
        G = [F.var("G")]
    graph = GRAPHS[block.form](F, [*G, *data], rates, t, block)
    inputs = [each.name for each in (*rates, t, *data, *G)]
    order = [inputs.index(name) for name in graph.list_inputs()]
    flags = {"static_alloc": True, "static_shape": True}
    # What it is told are parameters it looks up anew only when they have moved.
    flags["param_indices"] = list(range(len(order)))
    op = nd.CachedOp(graph, list(flags.items()))
    return lambda *arrays: op(*[arrays[i] for i in order])
