"""What each step of a block multiplies by: its share of lr, and of the weight decay.

Places without a step or an example have 0, and so change nothing.
"""

import functools

import numpy as np

from .blocks import step_order


def in_place(block, lrs, factors):
    """Return lr times the factor of each step of an epoch where the step is loaded.

    lrs: one for each of block.epochs epochs, or one for all. Float64 (blocks, places),
    0 where there is no step.
    """
    steps = -(-len(factors) // block.steps) * block.steps
    factors = np.append(factors, np.zeros(steps - len(factors)))
    lrs = np.broadcast_to(lrs, block.epochs)
    values = np.multiply.outer(lrs, factors).ravel()
    return values[step_order(block, steps // block.steps)]


def step_rates(n, block, lrs):
    """Return lr / B for each step of some epochs, as its form multiplies by it.

    Of tree (blocks, places); of chain (blocks, places, s, 1): times the mask. 0 where
    there is no step. Of wide (blocks, places, 1, rows, 1): for each example, and 0
    where there is none. The last batch may be short. lrs: as in_place says.
    """
    steps = -(-n // block.rows)
    factors = np.full(steps, 1 / block.rows)
    factors[-1] = 1 / (n - (steps - 1) * block.rows)
    rates = in_place(block, lrs, factors).astype(block.dtype)
    if block.form == "wide":
        rates = rates.repeat(block.rows)
        rates[n:] = 0
        return rates.reshape(-1, block.steps, 1, block.rows, 1)
    return rates if block.form == "tree" else rates[..., None, None] * mask(block, 1)


def step_decays(n, block, lrs, weight_decay):
    """Return by which share each step shrinks each entry of t = [w, b, 1].

    That is lr * weight_decay for w and 0 else: of chain (blocks, places, s, 1). For w
    alone: of tree (blocks, places), of wide (blocks, places, 1, 1). lrs: as in_place
    says.
    """
    factors = np.full(-(-n // block.rows), weight_decay)
    decays = in_place(block, lrs, factors).astype(block.dtype)
    if block.form == "tree":
        return decays
    decays = decays[..., None, None]
    return decays if block.form == "wide" else decays * mask(block, 2)


def mask(block, last):
    """Return ones (s, 1), but 0 in the last places: those of [1] or of [b, 1]."""
    ones = np.repeat([1, 0], [block.size - last, last])
    return ones.astype(block.dtype)[:, None]


@functools.lru_cache(maxsize=4)
def kept_rates(n, block, lrs, weight_decay):
    """Return, for each block of an epoch, [step_rates] or [them, step_decays].

    All but the last block's are alike, and then the same ones.
    """
    rates = [step_rates(n, block, lrs)]
    if block.decays:
        rates.append(step_decays(n, block, lrs, weight_decay))
    first, last = ([r[i].copy() for r in rates] for i in (0, -1))
    return [first] * (len(rates[0]) - 1) + [last]
