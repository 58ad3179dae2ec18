"""A target that is learned as its logarithm, and the way back to its own scale."""

import contextlib

import numpy as np

from ..config import InputError
from ..theory import blocks


@contextlib.contextmanager
def in_logarithms(data, wanted):
    """Let a Table's target be its logarithm meanwhile, if wanted; it is put back after.

    Raises InputError naming the first row whose target is not positive.
    """
    if not wanted:
        yield
        return
    labels = data.labels
    bad = np.flatnonzero(~(labels > 0))
    if len(bad):
        raise InputError(not_positive(data, bad))
    own = labels.copy()
    np.log(labels, out=labels)
    try:
        yield
    finally:
        labels[:] = own


def not_positive(data, rows):
    """Return the complaint about rows of a Table whose target has no logarithm."""
    (place,) = data.places(rows[:1])
    where = f"{data.path}, {place}" if data.path else place
    text = f"{where}, column {data.target!r}: {data.labels[rows[0]]:g} has no logarithm"
    more = f" ({len(rows)} rows have none)" if len(rows) > 1 else ""
    return f"{text}{more}; leave out --log-target, or such rows"


def smearing_factor(study, fit):
    """Return the mean of exp(residual): Duan's smearing factor (JASA 78, 1983, 605).

    exp of a predicted logarithm is a median; times this it is a mean, whatever the
    residuals' distribution. None where an Experiment learns the target itself. Raises
    OverflowError where a residual is too large.
    """
    if not study.preparation.log_target:
        return None
    features, labels = study.training
    w, total = np.asarray(fit.w, np.float64), 0.0
    with np.errstate(over="ignore"):
        for rows in blocks(len(labels)):
            rest = labels[rows] - features[rows] @ w - fit.b
            total += float(np.exp(study.units.label_scale * rest).sum())
    if not np.isfinite(total):
        fault = "residuals are so large that there is no way back to the target's scale"
        raise OverflowError(f"{fault}: leave out --log-target")
    return total / len(labels)


def on_scale(study, fit):
    """Return {"smearing": factor, part: {"rmse", "r2"}} on the target's own scale.

    None where an Experiment learns the target itself.
    """
    factor = smearing_factor(study, fit)
    if factor is None:
        return None
    parts = {"training": study.training, "held out": study.held}
    found = {part: score_of(*data, fit, study.units, factor)
             for part, data in parts.items() if data}  # fmt: skip
    return {"smearing": factor, **found}


def score_of(features, labels, fit, units, factor):
    """Return {"rmse", "r2"} of exp of what a Fit predicts, times factor."""
    w, parts = np.asarray(fit.w, np.float64), []
    for rows in blocks(len(labels)):
        both = np.column_stack([labels[rows], features[rows] @ w + fit.b])
        with np.errstate(over="ignore"):
            y, y_hat = np.exp(both * units.label_scale + units.label_mean).T
            rest = y - factor * y_hat
            parts.append((y.sum(), (y**2).sum(), (rest**2).sum()))
    n, (total, squares, rss) = len(labels), np.sum(parts, axis=0)
    tss = squares - total**2 / n
    r2 = float(1 - rss / tss) if tss > 0 else None
    return {"rmse": float(np.sqrt(rss / n)), "r2": r2}
