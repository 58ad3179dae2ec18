"""An epoch's steps one after the other, on large batches of many features.

As chain takes them, but with a batch's features and labels as they come, X (B, d) and
y (B,), which are copied once less than to rows z:

    r = lr / B (X w + b - y),    w <- w - X' r,    b <- b - sum(r)

So that BLAS gives each product to one thread (the other core gathers), a batch comes in
k parts of p examples: (k, p, d).
"""

import numpy as np

from .ahead import Spare, ahead


def walked(X, y, told, t, block):
    """Return t (s,) after a block's steps, and beside it their sum: (1, s) or (1, 2 s).

    X (steps, k, p, d), y (steps, k, p); told: the rates, as y, and with weight decay
    the shares by which w shrinks, (steps,). The sum, of t after each step, is there
    only if block.sums.
    """
    w, b, total = t[:-2].copy(), t[-2], np.zeros_like(t)
    for batch, labels, rate, *decay in zip(X, y, *told):
        r = batch @ w
        r += b
        r -= labels
        r *= rate
        for share in decay:
            w *= 1 - share
        w -= np.add.reduce(r[:, None] @ batch)[0]
        b -= np.add.reduce(r, None)
        if block.sums:
            total[:-2] += w
            total[-2] += b
    total[-1] = len(X)
    end = np.concatenate([w, [b, 1]]).astype(t.dtype)
    return np.concatenate([end, total] if block.sums else [end])[None]


def walk(features, labels, t, jobs, block):
    """Yield what ``walked`` returns for each block, the first begun at t (s,).

    jobs: the rows (steps, B) of each block, and what it is told, as an iterator.
    """
    k, p = block.parts
    shape = block.steps, k, p, features.shape[1]
    spare = Spare(lambda: [np.empty(each, block.dtype) for each in (shape, shape[:3])])

    def gathered(rows, told):
        X, y = spare.take()
        padded = np.full((len(rows), k * p), len(labels))
        padded[:, : block.rows] = rows
        padded = padded.reshape(y.shape)
        # "clip" because "raise" would copy; what it moves is an example of rate 0.
        features.take(padded, axis=0, out=X, mode="clip")
        labels.take(padded, out=y, mode="clip")
        return X, y, told

    for X, y, told in ahead(gathered, jobs):
        with np.errstate(all="ignore"):  # of a run that diverges
            ends = walked(X, y, told, t, block)
        spare.give((X, y))
        t = ends[0, : block.size]
        yield ends
