"""Numbers without the rows that have gaps and the columns that tell nothing."""

import numpy as np

from .. import theory
from ..config import InputError
from .deciding import is_identifier
from .limits import check_enough, refuse_nothing


def tidy(values, plan, path, *, asked=False, strict=False):
    """Return (values, Plan) without rows with gaps and columns that tell nothing.

    values: float64 (n, d + 1) of all rows, changed. asked: the features were named, so
    that numbers of rows are features, too. strict: all columns stay. Raises InputError
    where too little is left.
    """
    values, plan = without_gaps(values, plan)
    if not len(values):
        counts = plan.rows_line()
        where = path or "the table"
        raise InputError(f"{where}: {counts}: leave columns out, or fill gaps")
    if len(values) == 1:
        check_enough(path, 1, plan)
    out = {} if asked or strict else identifiers(values, plan)
    if not strict:
        out.update(constants(values[:, :-1]))
    values, plan = without(values, plan, out)
    if not plan.names:
        refuse_nothing(path, plan)
    check_enough(path, len(values), plan)
    if not strict:
        values, plan = without(values, plan, dependent(values, plan))
    return values, plan


def identifiers(values, plan):
    """Return {j: why} of the columns that only count or name the rows."""
    why = "an identifier: a number of its own in each row"
    columns = enumerate(plan.names)
    return {j: why for j, n in columns if is_identifier(n, values[:, j], plan.rows)}


def dependent(values, plan):
    """Return {j: why} of the columns that follow from those before them."""
    return {
        j: (
            "follows from " + ", ".join(plan.names[k] for k in others)
            if others
            else "constant"
        )
        for j, others in theory.dependencies(values[:, :-1]).items()
    }


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


def without_gaps(values, plan):
    """Return (values, Plan) with rows of gaps left out, or filled with the means."""
    if not plan.gaps:
        return values, plan
    if plan.missing == "mean":
        with np.errstate(invalid="ignore"):
            means = [float(np.nanmean(values[:, j])) for j in range(len(plan.names))]
        for j, mean in enumerate(means):
            column = values[:, j]
            column[np.isnan(column)] = mean
        plan = plan.replaced(means=tuple(means))
    good = np.empty(len(values), bool)
    for part in theory.blocks(len(values)):
        good[part] = ~np.isnan(values[part]).any(axis=1)
    return squeezed(values, rows=good), plan.replaced(used=int(good.sum()))


def constants(features):
    """Return {j: why} of the columns that do not vary."""
    low, high = features.min(axis=0), features.max(axis=0)
    return {int(j): "constant" for j in np.flatnonzero(low == high)}


def without(values, plan, out):
    """Return (values, Plan) without the columns j of out, {j: why}."""
    if not out:
        return values, plan
    kept = [j for j in range(len(plan.names)) if j not in out]
    left_out = [(plan.names[j], why) for j, why in sorted(out.items())]
    means = tuple(plan.means[j] for j in kept) if plan.means else ()
    plan = plan.replaced(
        names=tuple(plan.names[j] for j in kept),
        means=means,
        left_out=(*plan.left_out, *left_out),
    )
    return squeezed(values, columns=[*kept, values.shape[1] - 1]), plan
