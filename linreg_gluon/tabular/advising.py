"""What would bring a run with a given rate and epochs nearer to least squares."""

import math

import numpy as np

from ..theory import second_moment

CLOSE = 2  # standard errors: nearer to least squares than the data can tell apart
FORGOTTEN = 0.25  # of F's mean: so much of the start may be left, besides the jitter


def off_by(own, exact):
    """Return |learned - least squares| per parameter, b last, in standard errors."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.abs(own.w - exact.w) / exact.se_w
        return np.append(w, np.abs(own.b - exact.b) / np.float64(exact.se_b))


def advice(result):
    """Return one sentence: whether more epochs or a smaller lr would help.

    SGD misses least squares by what is left of its start and by its own jitter, which a
    smaller lr or larger batches reduce. In the direction of an eigenvector v_i of
    Z'Z/n, with the eigenvalue lambda_i, the start of 0 is

        t_i = |v_i' theta| sqrt(n lambda_i) / sigma

    standard errors away, and T steps leave t_i (1 - lr lambda_i)^T of them.
    """
    worst = off_by(result.learned, result.study.exact).max()
    start, kept, now = directions(result)
    steps = steps_of(result)
    if worst <= CLOSE and now @ now <= len(now):
        return (
            "The furthest parameter is %.2g standard errors from least squares: closer "
            "than the data can tell apart." % worst
        )
    left = start * kept ** (steps * len(result.fit.losses))
    if left @ left > now @ now / 4 and (kept < 1).all():
        epochs = math.ceil(steps_to_forget(start, kept) / steps)
        return "More epochs would help: theory asks for about --epochs %d." % epochs
    return (
        "A smaller --lr or a larger --batch-size would help: the furthest parameter is "
        "%.2g standard errors from least squares, and SGD's jitter keeps it there."
        % worst
    )


def steps_of(result):
    """Return how many steps an epoch has."""
    return math.ceil(result.study.rows["training"] / result.config.batch_size)


def directions(result):
    """Return (start, kept, now), each (d + 1,), along the eigenvectors of Z'Z / n.

    start, now: how many standard errors the start of 0 and the fit are away from least
    squares. kept: what a step leaves of that. now @ now / (d + 1) is F.
    """
    study, exact, units = result.study, result.study.exact, result.study.units
    best = units.unfold(exact.w, exact.b)
    fit = np.append(result.fit.w, result.fit.b)
    values, basis = np.linalg.eigh(second_moment(study.training[0]))
    values = np.maximum(values, 0)
    sigma = exact.residual_sd / units.label_scale
    per_error = np.sqrt(study.rows["training"] * values) / sigma
    kept = np.abs(1 - result.config.lr * values)
    return np.abs(basis.T @ best) * per_error, kept, basis.T @ (fit - best) * per_error


def steps_to_forget(start, kept):
    """Return the fewest steps that leave FORGOTTEN of the start, by bisection."""
    low, high = 0, 1

    def left(steps):
        return np.mean((start * kept**steps) ** 2)

    while left(high) > FORGOTTEN and high < 2**60:
        low, high = high, 2 * high
    while high - low > max(1, high // 1000):
        middle = (low + high) // 2
        low, high = (middle, high) if left(middle) > FORGOTTEN else (low, middle)
    return high
