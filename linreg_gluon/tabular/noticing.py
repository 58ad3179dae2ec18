"""What people want to know of their data before they believe a fit: lines for them."""

import math

import numpy as np

from ..theory import ALONE, Sums, blocks, moments, near_repeats
from .wording import listed

FAR = 6  # standard deviations of the other rows
FEW = 10  # rows: among fewer, six standard deviations are no rarity
SKEWED = 1  # skewness from which it is worth a word; an exponential has 2
MOST_ROWS, MOST_COLUMNS = 2, 3  # with outliers, that are named
MOST_REPEATS = 6  # columns that nearly repeat each other, that are named


def noticed(study, data, n, places):
    """Return lines on the first n rows of a Table, none where nothing is odd.

    study: an Experiment, as far as solved. places(rows): where rows stand, in words;
    None: no single row is named, for the file is not to be read again.
    """
    solution, everyone = study.solution, study.everyone
    lines = repeats(data, solution)
    far = outliers(data, n, solution) if places and n >= FEW else {}
    if far:
        shown = listed((told(*each, places) for each in far.items()), MOST_COLUMNS)
        lines.append(f"more than {FAR} standard deviations from the rest: {shown}")
    if not study.preparation.log_target:
        lines += skewed(data.labels[:n], data.target, everyone)
    return tuple(lines)


def repeats(data, solution):
    """Return the line on columns that nearly repeat each other, if some do."""
    if solution and len(solution.columns) > 1:
        number, columns = near_repeats(solution.least.root)
        if columns:
            names = (data.names[solution.columns[j]] for j in columns)
            names = listed(names, MOST_REPEATS)
            text = f"{names} nearly repeat each other (condition number {number:.3g})"
            return [text + ": their coefficients are hard to tell apart"]
    return []


def outliers(data, n, solution):
    """Return {name: (rows, values)} of the columns with rows that are FAR off.

    The furthest row first. The last may be the target's residuals, what least squares
    leaves of it.
    """
    limit, found = farthest(n), {}
    values = data.values[:n]
    low, high = values.min(axis=0), values.max(axis=0)
    mean, sd = moments(values)
    for j in np.flatnonzero(np.maximum(high - mean, mean - low) > limit * sd):
        column = values[:, j]
        if not ((column == low[j]) | (column == high[j])).all():  # no yes and no
            rows = far_rows(column, mean[j], limit * sd[j])
            found[[*data.names, data.target][j]] = rows, column[rows]
    if solution and not solution.noiseless:
        rest = np.empty(n)
        for part in blocks(n):
            rest[part] = values[part, -1] - values[part, :-1] @ solution.w - solution.b
        rows = far_rows(rest, 0.0, limit * math.sqrt(2 * solution.least.loss))
        if len(rows):
            found[f"the residual of {data.target}"] = rows, rest[rows]
    return found


def farthest(n):
    """Return the z, in sd of all n rows, of one FAR sd of the others from their mean.

    t^2 = z^2 (n - 2) / (n - 1 - z^2): the externally studentised deviation (Cook and
    Weisberg, 1982, 2.2.1); z itself cannot exceed sqrt(n - 1).
    """
    return math.sqrt(FAR**2 * (n - 1) / (n - 2 + FAR**2))


def far_rows(column, mean, limit):
    """Return the rows further than limit from the mean, the furthest first."""
    off = np.abs(column - mean)
    rows = np.flatnonzero(off > limit)
    return rows[np.argsort(-off[rows], kind="stable")]


def told(name, found, places):
    """Return a column's outliers in words."""
    rows, values = found
    first = zip(values[:MOST_ROWS], places(rows[:MOST_ROWS]))
    shown = ["%.6g in %s" % pair for pair in first]
    more = len(rows) - MOST_ROWS
    rest = f" and {more} more row{'s' * (more > 1)}" if more > 0 else ""
    return f"{name} ({', '.join(shown)}{rest})"


def skewed(labels, name, everyone=ALONE):
    """Return the line on a target that its logarithm would make symmetric, if so."""
    if everyone.sum(np.float64((labels <= 0).any())):
        return []
    own, of_log = skewness(labels, everyone), skewness(np.log(labels), everyone)
    if not (own > SKEWED and abs(of_log) < own / 2):
        return []
    text = "%s is positive and skewed (skewness %.2g, of its logarithm %.2g)"
    return [text % (name, own, of_log) + ": --log-target may fit it better"]


def skewness(values, everyone=ALONE):
    """Return the mean cube of (values - mean) / sd, 0 where they are constant."""
    mean, sd = moments(values, everyone)
    if not sd > 0:
        return 0.0
    sums = Sums(values[:, None], everyone)
    cubes = float(sums.of(lambda rows: (rows - mean) ** 3)[0])
    return cubes / sums.num_rows / float(sd) ** 3
