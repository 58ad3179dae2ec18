"""What would bring a run nearer to what it aims at, in one sentence."""

import math

from .nearness import apart, nearness


def advice(result):
    """Return one sentence: how near the goal a run came, and what would help.

    None where there is nothing to measure by.
    """
    near, ending = nearness(result), result.ending
    if not (near or ending):
        return None
    if near and (near.noiseless and near.exact or ending and ending.exact):
        return f"The predictions are those of {near.goal}, exact up to {near.dtype}."
    if ending:
        measured = ending.joint, ending.off_by, ending.goal
        text = near.said() if near else apart(*measured)
        text = ("Converged: " if ending.converged else "Not converged: ") + text
        return f"{text}; {ending.reason}." if ending.reason else text + "."
    text = near.said()
    text = text[0].upper() + text[1:]
    if near.close:
        return f"{text}: closer than the data can tell apart."
    return f"{text}. {remedy(result, near)}"


def remedy(result, near):
    """Return one sentence: whether more epochs or a smaller lr would help.

    SGD misses least squares by what is left of its start and by its own jitter, which a
    smaller lr or larger batches reduce. In the direction of an eigenvector v_i of
    Z'Z/n, with the eigenvalue lambda_i, the start of 0 is

        t_i = |v_i' theta| sqrt(n lambda_i) / sigma

    standard errors away (and START_SD sqrt(n lambda_i) / sigma more), and T steps leave
    t_i (1 - lr lambda_i)^T of them. Asked for are the epochs that leave no more than
    close allows, less what the jitter takes of that.
    """
    steps = math.ceil(result.study.rows["training"] / result.config.batch_size)
    left = near.start * near.kept ** (steps * len(result.fit.losses))
    if left @ left > near.now @ near.now / 4 and (near.kept < 1).all():
        epochs = math.ceil(fewest(near.forgotten) / steps)
        return "More epochs would help: theory asks for about --epochs %d." % epochs
    return (
        "A smaller --lr or a larger --batch-size would help: it is SGD's jitter that "
        "keeps them there."
    )


def fewest(enough):
    """Return the fewest steps, to a thousandth, for which enough(steps) is true."""
    low, high = 0, 1
    while not enough(high) and high < 2**60:
        low, high = high, 2 * high
    while high - low > max(1, high // 1000):
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
