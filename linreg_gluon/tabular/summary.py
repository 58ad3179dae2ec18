"""What a training run on a table found, in lines of text."""

import math

from ..theory import LeaveOneOut
from .advising import advice
from .inference import has_scipy, shown_interval, shown_p
from .nearness import off_by

SHORT = 0.01  # of R2: so much below least squares is always said
NO_SCIPY = 'no intervals, t and p without SciPy: type  pip install scipy "numpy<2"'


def summary(result):
    """Return the lines that report a Result: coefficients, errors, advice."""
    lines = ["note: %s" % warning for warning in result.study.warnings]
    return lines + coefficient_lines(result) + closing_lines(result)


def closing_lines(result):
    """Return the lines below the coefficients."""
    lines = metric_lines(result) + scale_lines(result) + decay_lines(result)
    solution = result.study.solution
    if solution:
        lines.append(least_squares_line(result, solution.least))
        lines += short_lines(result, solution.least.r2)
        if result.inference is None and not (solution.noiseless or has_scipy()):
            lines.append("note: " + NO_SCIPY)
    return lines + [line for line in [advice(result)] if line]


def coefficient_table(result):
    """Return rows of cells: a head, then each learned parameter by name, b last.

    Beside it what it is held against. Where that is least squares and unique: its
    standard error, interval, t and p, and the distance in standard errors; "-" where
    one of these is not defined.
    """
    own, study = result.learned, result.study
    names = [*study.names[:-1], "(bias)"]
    learned = ["%.6g" % value for value in [*own.w, own.b]]
    ridge = result.ridge
    if ridge is not None:
        best = ["%.6g" % value for value in ridge]
        return [("", "learned", "ridge regression"), *zip(names, learned, best)]
    if study.exact is None:
        return [("", "learned"), *zip(names, learned)]
    exact, blank = study.exact, ["-"] * len(names)
    best = ["%.6g" % value for value in [*exact.w, exact.b]]
    head = ["", "learned", "least squares"]
    if study.solution.noiseless:
        return [tuple(head), *zip(names, learned, best)]
    errors = [shown(value, "%.2g") for value in [*exact.se_w, exact.se_b]]
    columns, found = {"std error": errors}, result.inference
    if found or has_scipy():
        ends = zip(found.low, found.high) if found else ()
        columns["95 % interval"] = [shown_interval(*pair) for pair in ends] or blank
        columns["t"] = ["%.3g" % t for t in found.t] if found else blank
        columns["p"] = [shown_p(p) for p in found.p] if found else blank
    columns["off by"] = [shown(value, "%.2g") for value in off_by(own, exact)]
    return [(*head, *columns), *zip(names, learned, best, *columns.values())]


def shown(value, form):
    """Return a number as text, "-" where it is not defined."""
    return form % value if math.isfinite(value) else "-"


def coefficient_lines(result):
    """Return coefficient_table as lines of text."""
    rows = coefficient_table(result)
    first, *widths = [max(map(len, column)) for column in zip(*rows)]
    return [
        "  ".join([row[0].ljust(first), *map(str.rjust, row[1:], widths)])
        for row in rows
    ]


def metric_lines(result):
    """Return RMSE and R2 of each part of the data."""
    lines = []
    for part, found in result.metrics().items():
        line = f"{part}: {shown_metrics(found)}"
        if result.study.preparation.log_target:
            line += f" of {result.study.target}"
        lines.append("%s (%d rows)" % (line, result.study.rows[part]))
    return lines


def shown_metrics(found):
    """Return {"rmse", "r2"} as text."""
    return "RMSE %.6g, R2 %s" % (found["rmse"], shown_r2(found["r2"]))


def shown_r2(r2):
    """Return R2 as text; far below 0 its decimals say nothing. None: not defined."""
    if r2 is None or not math.isfinite(r2):
        return "not defined"
    return ("%.6f" if r2 > -100 else "%.3g") % r2


def scale_lines(result):
    """Return the line on predictions of a target that was learned as its logarithm."""
    if result.scores.scale is None:
        return []
    found = dict(result.scores.scale)
    name, factor = result.study.names[-1], found.pop("smearing")
    parts = [f"{part} {shown_metrics(each)}" for part, each in found.items()]
    text = "predictions of %s are exp(...) times the smearing factor %.4g: %s"
    return [text % (name, factor, "; ".join(parts))]


def decay_lines(result):
    """Return the line on what weight decay is good for, by leaving each row out."""
    decay, study = result.config.weight_decay, result.study
    if study.whole or not (decay or "weight_decay" in result.auto):
        return []
    errors = LeaveOneOut(*study.training).errors([decay, 0.0]) ** 0.5
    kept, none = (shown(e * study.units.label_scale, "RMSE %.6g") for e in errors)
    if not decay:
        return [f"leaving each row out: {none}, and no weight decay makes it smaller"]
    none = "not defined" if none == "-" else none
    return [f"leaving each row out: {kept} at weight decay {decay:.3g}, {none} without"]


def least_squares_line(result, least):
    """Return what least squares reaches on the training rows, and how sure that is."""
    line = "least squares: "
    line += shown_metrics({"rmse": (2 * least.loss) ** 0.5, "r2": least.r2})
    found = result.inference
    if found and math.isfinite(found.f):
        freedom = len(least.w), found.free
        line += ", adjusted R2 %.6f, F %.4g" % (found.adjusted_r2, found.f)
        line += " on %d and %d, p %s" % (*freedom, shown_p(found.f_p))
    return line


def short_lines(result, best):
    """Return the line on an R2 clearly below that of least squares, if it is."""
    found = result.metrics()["training"]["r2"]
    if found is None or not found < best - SHORT:
        return []
    why = ""
    if result.config.weight_decay:
        why = ": what --weight-decay %g takes" % result.config.weight_decay
    return ["note: R2 is %.3g below that of least squares%s" % (best - found, why)]
