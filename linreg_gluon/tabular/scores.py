"""How good a fit is: what is said of it and kept with it, on the rows of all processes.

A target that is learned as its logarithm is judged on its own scale, too.
"""

from typing import NamedTuple, Optional

import numpy as np

from ..theory import ALONE, blocks, moments


class Scores(NamedTuple):
    """What the rows say of a Fit.

    metrics: {part: {"rmse", "r2"}}, rmse in the target's own units. scale: the same on
    the scale of a target learned as its logarithm, and {"smearing": factor}; else None.
    """

    metrics: dict
    scale: Optional[dict]


def scores(study, fit):
    """Return an Experiment's Scores of a Fit; all processes call it at once."""
    parts = {"training": study.training, "held out": study.held}
    parts = {part: data for part, data in parts.items() if data}
    found = {part: score(*data, fit, study.everyone) for part, data in parts.items()}
    for each in found.values():
        each["rmse"] *= study.units.label_scale
    factor, scale = smearing_factor(study, fit), None
    if factor is not None:
        told = fit, study.units, factor, study.everyone
        scale = {part: score_of(*data, *told) for part, data in parts.items()}
        scale = {"smearing": factor, **scale}
    return Scores(found, scale)


def score(features, labels, fit, everyone=ALONE):
    """Return {"rmse", "r2"} of a Fit on features (n, d) and labels (n,), in float64.

    rmse: root mean squared error; r2: 1 - RSS / total sum of squares, None where the
    labels are constant. everyone: as theory.Alone says.
    """
    w, n = np.asarray(fit.w, np.float64), len(labels)
    rss = sum(
        ((labels[rows] - features[rows] @ w - fit.b) ** 2).sum() for rows in blocks(n)
    )
    n, rss = everyone.sum(np.array([n, rss], np.float64))
    return shown(n, rss, n * moments(labels, everyone)[1] ** 2)


def score_of(features, labels, fit, units, factor, everyone=ALONE):
    """Return {"rmse", "r2"} of exp of what a Fit predicts, times factor."""
    w, parts = np.asarray(fit.w, np.float64), [(0.0, 0.0, 0.0)]
    for rows in blocks(len(labels)):
        both = np.column_stack([labels[rows], features[rows] @ w + fit.b])
        with np.errstate(over="ignore"):
            y, y_hat = np.exp(both * units.label_scale + units.label_mean).T
            rest = y - factor * y_hat
            parts.append((y.sum(), (y**2).sum(), (rest**2).sum()))
    sums = len(labels), *np.sum(parts, axis=0)
    n, total, squares, rss = everyone.sum(np.array(sums, np.float64))
    return shown(n, rss, squares - total**2 / n)


def shown(n, rss, tss):
    """Return {"rmse", "r2"} of n rows, their sum of squares left and in all."""
    r2 = float(1 - rss / tss) if tss > 0 else None
    return {"rmse": float(np.sqrt(rss / n)), "r2": r2}


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
    n, total = study.everyone.sum(np.array([len(labels), total]))
    if not np.isfinite(total):
        fault = "residuals are so large that there is no way back to the target's scale"
        raise OverflowError(f"{fault}: leave out --log-target")
    return float(total / n)
