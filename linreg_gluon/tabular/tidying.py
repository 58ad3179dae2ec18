"""Numbers of a table without the rows that have gaps and the columns not used."""

import numpy as np

from .. import theory
from .judging import judged


MARGIN = 1.05  # of room for rows whose number is a guess


class Gathered:
    """All blocks of columns in one array. values: float64 (most_rows, k), n: rows."""

    def __init__(self, most_rows, names, empty=np.empty):
        self.values, self.n = empty((most_rows, len(names))), 0

    def take(self, columns):
        """Take in the next rows, (m,) of each column."""
        rows = self.values[self.n : self.n + len(columns[0])]
        for j, cells in enumerate(columns):
            rows[:, j] = cells
        self.n += len(rows)


class Growing(Gathered):
    """Gathered, of rows that are counted only while they come.

    most_rows: of them, as it seems. done(): the part of them, at most 1, that has come.
    """

    def __init__(self, most_rows, names, empty, done):
        super().__init__(int(MARGIN * most_rows), names, empty)
        self.empty, self.done = empty, done

    def take(self, columns):
        """Take in the next rows, (m,) of each column."""
        needed = self.n + len(columns[0])
        if needed > len(self.values):
            rows = max(needed, int(MARGIN * needed / self.done()))
            larger = self.empty((rows, self.values.shape[1]))
            for part in theory.blocks(self.n):
                larger[part] = self.values[part]
            self.values = larger
        super().take(columns)


def tidy(values, plan, path, choices, *, asked=False, everyone=theory.ALONE):
    """Return (values, Plan) of the rows and columns that are used.

    values: float64 (n, d + 1) of all rows, changed. The rest is as for judged.
    """
    if plan.missing == "mean" and plan.gaps:
        plan = filled(values, plan)
    target, complete = values.shape[1] - 1, not plan.gaps

    def walk(kept):
        for rows in theory.blocks(len(values)):
            part = values[rows]
            picked = part[:, kept] if len(kept) < target else part[:, :-1]
            yield picked if complete else picked[good(part, kept)]

    def good(part, kept):
        return ~np.isnan(part[:, [*kept, target]]).any(axis=1)

    told = {"asked": asked, "everyone": everyone}
    plan, kept = judged(plan, walk, path, choices, **told)
    rows = None
    if not complete:
        rows = np.empty(len(values), bool)
        for part in theory.blocks(len(values)):
            rows[part] = good(values[part], kept)
    if rows is None and len(kept) == target:
        return values, plan
    return squeezed(values, rows, [*kept, target]), plan


def filled(values, plan):
    """Fill the features' gaps with their columns' means; return the Plan with these."""
    means = []
    for j in range(len(plan.names)):
        gap = np.isnan(values[:, j])
        means.append(float(values[~gap, j].mean()) if not gap.all() else 0.0)
        values[gap, j] = means[j]
    return plan.replaced(means=tuple(means))


def squeezed(values, rows=None, columns=None):
    """Return values (n, k) of some rows (bool (n,)) and columns, moved in place."""
    flat, done = values.reshape(-1), 0
    k = values.shape[1] if columns is None else len(columns)
    for part in theory.blocks(len(values)):
        block = values[part]
        block = block if rows is None else block[rows[part]]
        block = block.copy() if columns is None else block[:, columns]
        flat[done * k : (done + len(block)) * k] = block.reshape(-1)
        done += len(block)
    return flat[: done * k].reshape(done, k)
