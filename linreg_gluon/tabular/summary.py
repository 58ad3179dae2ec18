"""What a training run on a table found, in lines of text."""

from .advising import advice, off_by


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
