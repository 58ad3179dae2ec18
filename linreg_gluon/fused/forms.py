"""The lecture's steps, the same ones in the same order, as a few compiled MXNet graphs.

Notation: z = [x, 1, -y] is an example and t = [w, b, 1] the parameters, both of length
s = d + 2, so that z . t is the example's residual. A batch G (B, s) of such rows has
the residuals G t, and a step of SGD on the squared loss is an affine map of (w, b):

    t <- t - lr / B mask G'G t = (I - D) t,    mask = diag(1, ..., 1, 0)

(the mask keeps t's last entry at 1); weight decay adds lr wd diag(1, ..., 1, 0, 0) to
D. Three forms walk a block of steps: ``tree``
multiplies the maps pairwise, ``chain`` and ``wide`` take step after step; ``choose``
says which is fastest where. docs/fused.md explains why this is possible.
"""

import functools

from ..compat import mx

nd = mx.nd


def tree(F, G, rates, t, block):
    """Compose an epoch's steps pairwise, log2(steps) levels; t after each epoch.

        (I - b) (I - a) = I - (a - (b a - b))        two steps, a first

    is computed in this deviation form: products of I - D itself would round every small
    D to the digits of 1. (A difference, because MXNet hands a sum of two arrays to
    oneDNN, which takes longer to begin than to add.) G and rates come in bit-reversed
    order of steps, so that the two contiguous halves of a level face each other as
    neighbours in time.

    The sum of the iterates after each of some steps is a matrix A times the t before
    them, and composes by the same formula: A_a + A_b (I - a) = A_a - (A_b a - A_b). So
    it stands below D, and both halves are carried by one product. It begins with pairs,
    whose sum (I - a) + (I - D) needs none: half of the products are as without sums.
    """
    (G,), (rates, *decays), s = G, rates, block.size
    D = F.broadcast_mul(rates, F.batch_dot(G, G, transpose_a=True))
    for each in decays:
        D = F.broadcast_add(D, F.broadcast_mul(each, F.eye(s, dtype=block.dtype)))
    one = F.reshape(F.eye(s, dtype=block.dtype), (1, s, s))
    for level in range(block.steps.bit_length() - 1):
        a, b = F.split(D, num_outputs=2, axis=0)
        summed = block.sums and level > 0
        first = F.slice_axis(a, axis=1, begin=0, end=s) if summed else a
        D = a - F.linalg.gemm(b, first, b, alpha=1, beta=-1)
        if block.sums and level == 0:
            D = F.concat(D, F.broadcast_sub(2 * one, a) - D, dim=1)
    if block.sums and block.steps == 1:
        D = F.concat(D, F.broadcast_sub(one, D), dim=1)
    for each in unstack(F, D, block.epochs):
        if block.sums:
            moved = F.dot(each, t)
            t = t - F.slice_axis(moved, axis=0, begin=0, end=s)
            yield F.concat(t, F.slice_axis(moved, axis=0, begin=s, end=None), dim=0)
        else:
            t = F.linalg.gemm(each, t, t, alpha=-1, beta=1)
            yield t


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
    yield F.concat(t, F.add_n(*iterates), dim=0) if block.sums else t


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
    yield F.concat(*ends, dim=0)


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
def compiled(block, buffer):
    """Return the graph of a block as a function (rates..., t, data..., G...) -> matrix.

    A column for each epoch: t after it, and below it, if block.sums, the sum of t after
    each place of its steps (those without a step count). Only wide's has data, the
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
    graph = F.concat(*FORMS[block.form](F, [*G, *data], rates, t, block), dim=1)
    inputs = [each.name for each in (*rates, t, *data, *G)]
    order = [inputs.index(name) for name in graph.list_inputs()]
    flags = {"static_alloc": True, "static_shape": True}
    # What it is told are parameters it looks up anew only when they have moved.
    flags["param_indices"] = list(range(len(order)))
    op = nd.CachedOp(graph, list(flags.items()))
    return lambda *arrays: op(*[arrays[i] for i in order])
