"""What least squares' coefficients are worth: intervals, t and p, adjusted R2 and F."""

import dataclasses
import math

import numpy as np

SHARE = 0.95  # of the intervals that hold the true coefficient


@dataclasses.dataclass(frozen=True, eq=False)
class Inference:
    """Each (d + 1,), the bias last: low, high of the intervals, t, p of "it is 0".

    adjusted_r2, f, f_p: of all coefficients but the bias, f on d and free degrees of
    freedom. nan where it is not defined. It all rests on errors that are normal, alike
    and unrelated (Draper and Smith, chapters 1 and 5).
    """

    low: np.ndarray
    high: np.ndarray
    t: np.ndarray
    p: np.ndarray
    adjusted_r2: float
    f: float
    f_p: float
    free: int


def has_scipy():
    """Return whether SciPy, which has the distributions, is installed."""
    try:
        import scipy.special  # noqa: F401
    except ImportError:
        return False
    return True


def inference(least, rows):
    """Return the Inference of a theory.LeastSquares that so many rows led to.

    None where no row is left to tell the noise from, or without SciPy.
    """
    d, free = len(least.w), rows - len(least.w) - 1
    if free < 1 or not least.residual_sd > 0 or not has_scipy():
        return None
    from scipy.special import fdtrc, stdtr, stdtrit

    best, errors = np.append(least.w, least.b), np.append(least.se_w, least.se_b)
    half, t = stdtrit(free, (1 + SHARE) / 2) * errors, best / errors
    r2, f, f_p, adjusted = least.r2, math.nan, math.nan, math.nan
    if not math.isnan(r2):
        adjusted = 1 - (1 - r2) * (rows - 1) / free
        f = r2 / (1 - r2) * free / d if r2 < 1 else math.inf
        f_p = float(fdtrc(d, free, f))
    p = 2 * stdtr(free, -np.abs(t))
    return Inference(best - half, best + half, t, p, adjusted, f, f_p, free)


def shown_interval(low, high):
    """Return "low to high", to the second digit that the interval leaves open."""
    half = (high - low) / 2
    if not (math.isfinite(half) and half > 0):
        return "-"
    last = 1 - math.floor(math.log10(half))
    return " to ".join("%.12g" % (round(end, last) + 0.0) for end in (low, high))


def shown_p(p):
    """Return a probability as text; below 1e-16 nothing distinguishes."""
    return "<1e-16" if p < 1e-16 else "%.2g" % p
