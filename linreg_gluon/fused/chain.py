"""An epoch's steps one after the other, two products each.

With the notation of tree.py, a step on the batch G (B, s) is

    t <- t - S' (G t),    S = lr / B G mask

and with weight decay wd, w <- (1 - lr wd) w beside it. G and S of a block are made
ahead, of all its steps at once.
"""

import numpy as np

from .ahead import Spare, ahead
from .blocks import fill


def walked(G, S, t, decays, block):
    """Return t (s,) after a block's steps, and beside it their sum: (1, s) or (1, 2 s).

    G, S (steps, B, s). decays: with weight decay the shares by which w shrinks,
    [(steps,)], else []. The sum, of t after each step, is there only if block.sums.
    """
    t, total = t.copy(), np.zeros_like(t)
    w = t[:-2]
    for batch, scaled, *decay in zip(G, S, *decays):
        r = batch @ t
        for share in decay:
            w *= 1 - share
        t -= r @ scaled
        if block.sums:
            total += t
    return np.concatenate([t, total] if block.sums else [t])[None]


def walk(features, labels, t, jobs, block):
    """Yield what ``walked`` returns for each block, the first begun at t (s,).

    jobs: the rows (steps, B) of each block, and its rates, as an iterator.
    """
    shape = 2, block.steps, block.rows, block.size
    spare = Spare(lambda: np.empty(shape, block.dtype))

    def gathered(rows, told):
        G, S = both = spare.take()
        rates, *decays = told
        with np.errstate(all="ignore"):  # of a run that diverges
            fill(G, features, labels, rows)
            np.multiply(G, rates[:, None, None], out=S)
        S[..., -1] = 0
        return both, decays

    for both, decays in ahead(gathered, jobs):
        with np.errstate(all="ignore"):
            ends = walked(*both, t, decays, block)
        spare.give(both)
        t = ends[0, : block.size]
        yield ends
