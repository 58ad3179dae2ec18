"""The lecture's steps, the same ones in the same order, as a few compiled MXNet graphs.

Notation: z = [x, 1, -y] is an example and t = [w, b, 1] the parameters, both of length
s = d + 2, so that z . t is the example's residual. A batch G (B, s) of such rows has
the residuals G t, and a step of SGD on the squared loss is an affine map of (w, b):

    t <- t - lr / B mask G'G t = (I - D) t,    mask = diag(1, ..., 1, 0)

(the mask keeps t's last entry at 1). Three forms walk a block of steps: ``tree``
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
