"""An epoch's steps, multiplied with each other before the first one is taken.

Notation: z = [x, 1, -y] is an example and t = [w, b, 1] the parameters, both of length
s = d + 2, so that z . t is the example's residual. A batch G (B, s) of such rows has
the residuals G t, and a step of SGD on the squared loss is an affine map of (w, b):

    t <- t - lr / B mask G'G t = (I - D) t,    mask = diag(1, ..., 1, 0)

(the mask keeps t's last entry at 1, so the last row of D is 0, and is not kept here);
weight decay adds lr wd diag(1, ..., 1, 0, 0) to D. docs/fused.md tells it at length.
"""

import dataclasses

import numpy as np

from .ahead import Spare, ahead
from .blocks import fill, step_order

SMALL = 9  # s up to which a call of BLAS costs more than the product that it is for
MANY = 32  # rows of a batch, above which BLAS is quicker told to compute half of G'G
FEW = 8  # steps, which make too short a loop of them
LONG = 512  # pairs, from which einsum is slower than its terms, one after the other


def composed(G, rates, block):
    """Return the map of each of block.epochs epochs, pairs of steps first.

        (I - b) (I - a) = I - (a + (b - b a))        two steps, a first

    is computed in this deviation form: products of I - D itself would round every small
    D to the digits of 1. G (places, B, s) and rates (lr / B, and lr wd with weight
    decay: (places,) each) come in bit-reversed order of steps, so that the two halves
    of a level face each other as neighbours in time. Returns D (epochs, s - 1, s).

    The sum of the iterates after each of some steps is a matrix A times the t before
    them, and composes by the same formula: A_a + A_b (I - a) = A_a + (A_b - A_b a). So,
    with block.sums, it stands below D (epochs, 2 s - 2, s), and both are carried by one
    product. It begins with pairs, whose sum (I - a) + (I - D) needs none: half of the
    products are as without sums.
    """
    (rates, *decays), moving = rates, block.size - 1
    if small(block):
        D = np.einsum("kbi,kbj->kij", G[..., :-1], G)
    else:
        # Of G'G BLAS computes half, which pays where there are many rows.
        left = G if block.rows > MANY else G[..., :-1]
        D = np.matmul(left.transpose(0, 2, 1), G)[:, :moving]
    D *= rates[:, None, None]
    for each in decays:
        D[:, range(moving - 1), range(moving - 1)] += each[:, None]
    if block.sums:
        one = np.eye(moving, block.size, dtype=block.dtype)
        if block.steps == 1:
            D = np.concatenate([D, one - D], axis=1)
    while len(D) > block.epochs:
        a, b = D[: len(D) // 2], D[len(D) // 2 :]
        D = product(b[..., :-1], a[:, :moving], block)
        np.subtract(b, D, out=D)
        D += a
        if block.sums and D.shape[1] == moving:
            D = np.concatenate([D, 2 * one - a - D], axis=1)
    return D


def small(block):
    """Return whether matrices lie side by side in memory, number by number.

    Of the epochs it must not depend: those of a run that is resumed are others.
    """
    return block.size <= SMALL and block.steps >= FEW


def product(b, a, block):
    """Return b a of each two matrices (k, i, m) and (k, m, j): as many of each epoch.

    Those that lie side by side have the k for the inner loop: none costs a call of its
    own. Which way is taken must not depend on the epochs, for they round differently.
    """
    if not small(block):
        return np.matmul(b, a)
    if len(a) >= LONG * block.epochs:
        return term_by_term(b, a)
    if len(a) > 1:
        return np.einsum("kim,kmj->kij", b, a)
    # Of a single k the m would be the inner loop, and summed in another order.
    b, a = (np.asfortranarray(np.repeat(each, 2, axis=0)) for each in (b, a))
    return np.einsum("kim,kmj->kij", b, a)[:1]


def term_by_term(b, a):
    """Return b a as ``product`` does: einsum copies loops up to 8192 long before it."""
    b, a = b.transpose(1, 2, 0), a.transpose(1, 2, 0)
    D = b[:, 0, None] * a[0]
    term = np.empty_like(D)
    for m in range(1, len(a)):
        D += np.multiply(b[:, m, None], a[m], out=term)
    return D.transpose(2, 0, 1)


def walked(D, t, block):
    """Return t after each epoch, a row each (epochs, s), of maps D begun at t (s,).

    Beside it, if block.sums, the sum of t after each place of the epoch's steps (those
    without a step count).
    """
    s = block.size
    ends = np.full((block.epochs, s + s * block.sums), block.steps, block.dtype)
    for each, end in zip(np.ascontiguousarray(D), ends):  # else of many orders
        moved = each @ t
        end[:s] = t
        t = end[:s]
        t[:-1] -= moved[: s - 1]
        end[s:-1] = moved[s - 1 :]
    return ends


def walk(features, labels, t, jobs, block):
    """Yield what ``walked`` returns for each block, the first begun at t (s,).

    jobs: the rows (places, B) of each block as block_rows yields them, and its rates
    where step_order loads them, as an iterator.
    """
    shape = block.places, block.rows, block.size
    order = "F" if small(block) else "C"
    spare = Spare(lambda: np.empty(shape, block.dtype, order))

    def maps(rows, rates):
        whole, this = spare.take(), block
        G = whole[: len(rows)]
        if len(rows) < block.places:  # the last
            this = dataclasses.replace(block, steps=len(rows))
        with np.errstate(all="ignore"):  # of a run that diverges
            fill(G, features, labels, rows.take(step_order(this), axis=0))
            D = composed(G, rates, this)
        spare.give(whole)
        return D, this

    for D, this in ahead(maps, jobs):
        with np.errstate(all="ignore"):
            ends = walked(D, t, this)
        t = ends[-1, : block.size]
        yield ends
