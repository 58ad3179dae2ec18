"""What each step of a block multiplies by: its share of lr, and of the weight decay.

Places without a step or an example have 0, and so change nothing.
"""

import functools

import numpy as np

from .blocks import cut, step_order


def in_place(block, lrs, factors):
    """Return lr times the factor of each step of a block where the step is loaded.

    lrs: one for each of block.epochs epochs, or one for all. factors: of the first
    steps, the others are none. dtype of the block, (places,), 0 where there is no step.
    """
    factors = np.append(factors, np.zeros(block.steps - len(factors)))
    values = np.multiply.outer(np.broadcast_to(lrs, block.epochs), factors).ravel()
    return values[step_order(block)].astype(block.dtype)


def step_factors(n, rows):
    """Return 1 / B of each step of an epoch (steps,). The last batch may be short."""
    steps = -(-n // rows)
    factors = np.full(steps, 1 / rows)
    factors[-1] = 1 / (n - (steps - 1) * rows)
    return factors


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
    """Return, for each block of an epoch, [lr / B], with decay [them, lr weight_decay].

    The second is by which share each step shrinks w. lrs: as in_place says. Rates of
    wide are of_examples. All but the last block's are alike, and then the same ones.
    """
    blocks, factors = cut(n, block), step_factors(n, block.rows)
    last, told = len(blocks) - 1, []
    for number in (0, last):
        first, each = number * block.steps, blocks[number]
        of_block = factors[first : first + each.steps]
        rates = [in_place(each, lrs, of_block)]
        if block.form == "wide":
            rates[0] = of_examples(n, each, rates[0], number)
        if block.decays:
            decay = np.full(len(of_block), weight_decay)
            rates.append(in_place(each, lrs, decay))
        told.append(rates)
    return [told[0]] * last + [told[1]]
