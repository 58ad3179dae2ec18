"""What a training run on a table found, in lines of text."""

import math

import numpy as np

from .. import theory

CLOSE = 2  # standard errors: nearer to least squares than the data can tell apart


def summary(result):
    """Return the lines that report a Result: coefficients, errors, advice."""
    study = result.study
    lines = ["note: %s" % warning for warning in study.warnings]
    lines += coefficient_lines(result)
    lines += metric_lines(result)
    if result.ending is not None:
        lines.append(ending_line(result.ending))
    elif study.exact is not None and study.exact.se_b > 0:  # nan: no rows to tell from
        lines.append(advice(result))
    return lines


def off_by(own, exact):
    """Return |learned - least squares| per parameter, b last, in standard errors."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.abs(own.w - exact.w) / exact.se_w
        return np.append(w, np.abs(own.b - exact.b) / np.float64(exact.se_b))


def coefficient_table(result):
    """Return rows of cells: a head, then each learned parameter by name, b last.

    Beside least squares, its standard error and the distance in these, where it exists.
    """
    own, exact = result.learned, result.study.exact
    names = [*result.study.names[:-1], "(bias)"]
    learned = ["%.6g" % value for value in [*own.w, own.b]]
    if exact is None:
        return [("", "learned"), *zip(names, learned)]
    best, errors = [*exact.w, exact.b], [*exact.se_w, exact.se_b]
    columns = (
        ["%.6g" % value for value in best],
        ["%.2g" % value for value in errors],
        ["%.2g" % value for value in off_by(own, exact)],
    )
    head = "", "learned", "least squares", "std error", "off by"
    return [head, *zip(names, learned, *columns)]


WIDTHS = 13, 13, 11, 8


def coefficient_lines(result):
    """Return coefficient_table as lines of text."""
    rows = coefficient_table(result)
    width = max(len(row[0]) for row in rows)
    return [
        " ".join([row[0].ljust(width), *map(str.rjust, row[1:], WIDTHS)])
        for row in rows
    ]


def metric_lines(result):
    """Return RMSE and R2 of each part of the data."""
    lines = []
    for part, found in result.metrics().items():
        r2 = "not defined" if found["r2"] is None else "%.6f" % found["r2"]
        shown = part, found["rmse"], r2, result.study.rows[part]
        lines.append("%s: RMSE %.6g, R2 %s (%d rows)" % shown)
    return lines


def ending_line(ending):
    """Return one sentence on how a run to convergence ended, and why not nearer."""
    if ending.exact:
        found = f"The predictions are those of {ending.goal}, exact up to rounding"
    else:
        what = f"from {ending.goal}"
        found = "jointly %.2g of what chance moves them by (F)" % ending.joint
        if ending.off_by is not None:
            found = "the furthest parameter is %.2g standard errors %s, all are %s" % (
                ending.off_by, what, found)  # fmt: skip
        else:
            found = f"the predictions are {found} {what}"
        found = ("Converged: " if ending.converged else "Not converged: ") + found
    return f"{found}; {ending.reason}." if ending.reason else found + "."


def advice(result):
    """Return one sentence: whether more epochs or a smaller lr would help.

    SGD misses least squares by what is left of its start, (1 - lr lambda)^T in the
    direction of the smallest eigenvalue lambda of Z'Z/n, and by its own jitter, which a
    smaller lr or larger batches reduce. The start is 0, so its distance in standard
    errors is the t statistic of a coefficient.
    """
    study, fit, config = result.study, result.fit, result.config
    worst = off_by(result.learned, study.exact).max()
    if worst <= CLOSE:
        return (
            "The furthest parameter is %.2g standard errors from least squares: closer "
            "than the data can tell apart." % worst
        )
    n, steps = study.rows["training"], len(fit.losses)
    steps_per_epoch = math.ceil(n / config.batch_size)
    slowest = np.linalg.eigvalsh(theory.second_moment(study.training[0]))[0]
    kept = max(abs(1 - config.lr * slowest), 1e-300) ** steps_per_epoch
    start = (np.abs(study.exact.w) / study.exact.se_w).max()
    if start * kept**steps > worst / 2 and kept < 1:
        epochs = math.ceil(math.log(start) / -math.log(kept))
        return "More epochs would help: theory asks for about --epochs %d." % epochs
    return (
        "A smaller --lr or a larger --batch-size would help: the furthest parameter is "
        "%.2g standard errors from least squares, and SGD's jitter keeps it there."
        % worst
    )
