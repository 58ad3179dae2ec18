"""How far a new target may lie from its prediction, by least squares' own formula."""

import dataclasses
import math

import numpy as np

from ..config import InputError

MOST_FEATURES = 300  # (d, d) numbers are kept: more would make the file too large
SERIES = 200  # degrees of freedom: above it an expansion is as exact as the sum


@dataclasses.dataclass(frozen=True, eq=False)
class Spread:
    """What is kept of the least squares that a model was compared with.

    residual_sd: sqrt(RSS / (n - d - 1)). rows: n. mean, scale: (d,) of the features.
    root: (d, d), R^-1 of the features in these units, S = Q R.
    """

    residual_sd: float
    rows: int
    mean: np.ndarray
    scale: np.ndarray
    root: np.ndarray

    @classmethod
    def of(cls, exact, rows):
        """Return the Spread of a theory.LeastSquares, None where it cannot be had."""
        if exact is None or rows <= len(exact.w) + 1 or len(exact.w) > MOST_FEATURES:
            return None
        return cls(exact.residual_sd, rows, exact.mean, exact.scale, exact.root)

    def half_width(self, features, share):
        """Return half the width of each row's interval, float64 (n,).

            t s sqrt(1 + 1 / n + |(x - mean) / scale R^-1|^2)

        features: (n, d). share: of new targets that the interval holds, if errors are
        normal; above 0 and below 1. (Draper and Smith, chapter 5.)
        """
        if not 0 < share < 1:
            raise InputError(f"--interval {share}: give a share such as 0.95")
        inner = ((features - self.mean) / self.scale) @ self.root
        leverage = 1 / self.rows + (inner**2).sum(axis=1)
        t = student_quantile((1 + share) / 2, self.rows - len(self.mean) - 1)
        return t * self.residual_sd * np.sqrt(1 + leverage)

    def to_json(self):
        """Return the Spread as a dict of JSON's types."""
        arrays = {
            name: getattr(self, name).tolist() for name in ("mean", "scale", "root")
        }
        return {"residual_sd": self.residual_sd, "rows": self.rows, **arrays}

    @classmethod
    def from_json(cls, found):
        """Return the Spread of a dict; ValueError where it makes none."""
        mean, scale = np.array(found["mean"], float), np.array(found["scale"], float)
        root = np.array(found["root"], float).reshape(len(mean), len(mean))
        spread = cls(float(found["residual_sd"]), int(found["rows"]), mean, scale, root)
        if scale.shape != mean.shape or not np.isfinite([spread.residual_sd]).all():
            raise ValueError("the spread of its least squares is not whole")
        return spread


def student_quantile(p, free):
    """Return the p quantile, 1/2 < p < 1, of Student's t with whole degrees of freedom.

    The distribution's finite sum, inverted by halving; for many degrees the expansion
    about the normal quantile (Abramowitz and Stegun 26.7.3, 26.7.4, 26.7.5).
    """
    from statistics import NormalDist  # here: it takes 10 ms to load

    z = NormalDist().inv_cdf(p)
    if free > SERIES:
        terms = (
            (z**3 + z) / 4,
            (5 * z**5 + 16 * z**3 + 3 * z) / 96,
            (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
            (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
        )
        return z + sum(term / free ** (k + 1) for k, term in enumerate(terms))
    low, high = 0.0, max(2.0, z)
    while within(high, free) < 2 * p - 1:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if within(middle, free) < 2 * p - 1 else (low, middle)
        )
    return (low + high) / 2


def within(t, free):
    """Return the probability that |T| < t."""
    angle = math.atan2(t, math.sqrt(free))
    cosine, sine = math.cos(angle), math.sin(angle)
    odd = free % 2
    term = total = (cosine if odd else 1.0) if free > 1 else 0.0
    for k in range(2 + odd, free - 1, 2):
        term *= cosine**2 * (k - 1) / k
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
