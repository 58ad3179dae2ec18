"""What least squares says of a table, unique or not: what a run is held against."""

import dataclasses
from typing import Tuple

import numpy as np

from .. import theory

NOISELESS = 1e-10  # of the target's size: a residual that is float64's own rounding


@dataclasses.dataclass(frozen=True, eq=False)
class Solution:
    """Least squares on the training rows, in the data's own units.

    least: the LeastSquares of columns, which span all of them. unique: whether columns
    are all. w (d,), b: one of the solutions, 0 for the other columns. label_sd: of the
    target. noiseless: whether it leaves no residual but rounding.
    """

    least: theory.LeastSquares
    columns: Tuple[int, ...]
    w: np.ndarray
    label_sd: float
    noiseless: bool

    @property
    def b(self):
        """The bias."""
        return self.least.b

    @property
    def unique(self):
        """Whether no other coefficients fit as well."""
        return len(self.columns) == len(self.w)


def solve(data, n, everyone):
    """Return (Solution of a Table's first n rows, lines on what is odd about it).

    The Solution is None where there are fewer rows than parameters.
    """
    features, labels, names = data.features[:n], data.labels[:n], data.names
    rows = int(everyone.sum(np.float64(n)))
    dependent = theory.dependencies(features, everyone) if rows > len(names) else {}
    warnings = []
    for j, others in dependent.items():
        rest = ", ".join(names[k] for k in others)
        fault = f"follows from {rest}" if others else "is constant"
        warnings.append(f"column {names[j]} {fault}: its coefficient is not unique")
    mean, sd = theory.moments(labels, everyone)
    found = None
    if rows > len(names):
        columns = tuple(j for j in range(len(names)) if j not in dependent)
        part = features[:, columns] if dependent else features
        least, w = theory.least_squares(part, labels, everyone), np.zeros(len(names))
        w[list(columns)] = least.w
        bar = NOISELESS * max(float(sd), 1e-6 * abs(float(mean)))
        noiseless = bool((2 * least.loss) ** 0.5 <= bar)
        found = Solution(least, columns, w, float(sd), noiseless)
    ends = np.zeros((everyone.size, 2))
    ends[everyone.rank] = labels.min(), labels.max()
    ends = everyone.sum(ends)
    if ends.min() == ends.max():
        warnings.append(f"the target {data.target} is constant: R2 is not defined")
    return found, tuple(warnings)
