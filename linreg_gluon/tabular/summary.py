"""What a training run on a table found, in lines of text."""

import math

import numpy as np

from .. import theory

CLOSE = 2  # standard errors: nearer to least squares than the data can tell apart


def summary(job, fit, config):
    """Return the lines that report a run: coefficients, errors, advice.

    job: a workflow.Job. fit: its Fit in training units. config: what it trained with.
    """
    lines = ["note: %s" % warning for warning in job.warnings]
    lines += coefficient_lines(job, job.units.fold(fit))
    lines += metric_lines(job, fit)
    if job.exact is not None and job.exact.se_b > 0:  # nan: no rows to tell it from
        lines.append(advice(job, fit, config))
    return lines


def off_by(own, exact):
    """Return |learned - least squares| per parameter, b last, in standard errors."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.abs(own.w - exact.w) / exact.se_w
        return np.append(w, np.abs(own.b - exact.b) / np.float64(exact.se_b))


def coefficient_lines(job, own):
    """Return the learned parameters by name, beside least squares where it exists."""
    names, exact = [*job.names[:-1], "(bias)"], job.exact
    width = max(map(len, names))
    learned = ["%-*s %13.6g" % (width, *row) for row in zip(names, [*own.w, own.b])]
    if exact is None:
        return ["%*s %13s" % (width, "", "learned"), *learned]
    head = "%*s %13s %13s %11s %8s" % (
        width, "", "learned", "least squares", "std error", "off by"
    )  # fmt: skip
    columns = [*exact.w, exact.b], [*exact.se_w, exact.se_b], off_by(own, exact)
    return [head] + [
        "%s %13.6g %11.2g %8.2g" % (line, *row) for line, *row in zip(learned, *columns)
    ]


def metric_lines(job, fit):
    """Return RMSE and R2 of each part of the data."""
    lines = []
    for part, found in job.metrics(fit).items():
        r2 = "not defined" if found["r2"] is None else "%.6f" % found["r2"]
        shown = part, found["rmse"], r2, job.rows[part]
        lines.append("%s: RMSE %.6g, R2 %s (%d rows)" % shown)
    return lines


def advice(job, fit, config):
    """Return one sentence: whether more epochs or a smaller lr would help.

    SGD misses least squares by what is left of its start, (1 - lr lambda)^T in the
    direction of the smallest eigenvalue lambda of Z'Z/n, and by its own jitter, which a
    smaller lr or larger batches reduce. The start is 0, so its distance in standard
    errors is the t statistic of a coefficient.
    """
    worst = off_by(job.units.fold(fit), job.exact).max()
    if worst <= CLOSE:
        return (
            "The furthest parameter is %.2g standard errors from least squares: closer "
            "than the data can tell apart." % worst
        )
    n, steps = job.rows["training"], len(fit.losses)
    steps_per_epoch = math.ceil(n / config.batch_size)
    slowest = np.linalg.eigvalsh(theory.second_moment(job.train[0]))[0]
    kept = max(abs(1 - config.lr * slowest), 1e-300) ** steps_per_epoch
    start = (np.abs(job.exact.w) / job.exact.se_w).max()
    if start * kept**steps > worst / 2 and kept < 1:
        epochs = math.ceil(math.log(start) / -math.log(kept))
        return "More epochs would help: theory asks for about --epochs %d." % epochs
    return (
        "A smaller --lr or a larger --batch-size would help: the furthest parameter is "
        "%.2g standard errors from least squares, and SGD's jitter keeps it there."
        % worst
    )
