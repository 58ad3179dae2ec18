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
    """Return lr / B for each step of some epochs, (blocks, places).

    0 where there is no step. The last batch may be short. lrs: as in_place says.
    """
    steps = -(-n // block.rows)
    factors = np.full(steps, 1 / block.rows)
    factors[-1] = 1 / (n - (steps - 1) * block.rows)
    return in_place(block, lrs, factors).astype(block.dtype)


def step_decays(n, block, lrs, weight_decay):
    """Return by which share each step shrinks w, lr * weight_decay: (blocks, places).

    lrs: as in_place says.
    """
    factors = np.full(-(-n // block.rows), weight_decay)
    return in_place(block, lrs, factors).astype(block.dtype)


def of_examples(n, block, rates, number):
    """Return the rates (places,) of wide's block for each of its examples.

    That is (places, k, p), 0 where there is none. number: the block's, of its epoch.
    """
    k, p = block.parts
    each = np.zeros((block.places, k * p), block.dtype)
    each[:, : block.rows] = rates[:, None]
    first = number * block.places * block.rows  # example of the block
    short = np.arange(block.places * block.rows).reshape(-1, block.rows) >= n - first
    each[:, : block.rows][short] = 0
    return each.reshape(-1, k, p)


@functools.lru_cache(maxsize=4)
def kept_rates(n, block, lrs, weight_decay):
    """Return, for each block of an epoch, [step_rates] or [them, step_decays].

    Rates of wide are of_examples. All but the last block's are alike, and then the
    same ones.
    """
    rates = [step_rates(n, block, lrs)]
    if block.decays:
        rates.append(step_decays(n, block, lrs, weight_decay))
    last = len(rates[0]) - 1
    told = [[each[number].copy() for each in rates] for number in (0, last)]
    if block.form == "wide":
        for number, each in zip((0, last), told):
            each[0] = of_examples(n, block, each[0], number)
    return [told[0]] * last + [told[1]]
