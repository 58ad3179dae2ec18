"""Training until least squares is reached: the rate from theory, averages, stages.

A constant rate keeps jittering around least squares. The mean of the iterates does not
(Polyak and Juditsky, 1992; at a constant rate for least squares: Bach and Moulines,
2013, arXiv 1306.2119). What is left is what the start left, which takes more epochs,
and a bias of shuffling without replacement, which takes a smaller rate.
"""

import dataclasses
import itertools
import math
from typing import Optional

import numpy as np

from ..config import Fit
from ..theory import ALONE, sampled_stable_lr
from .distance import Halves, Known, Stage

TOLERANCE = 0.1  # standard errors, and of the mean of F: far below what data can tell
FIRST_EPOCHS = 16  # of a stage; where the rate stays, the next has twice as many
BUDGET = 10**6  # steps in all
WIDE_BUDGET = 4 * 10**7  # steps times parameters: a step of wide data takes longer


def auto_lr(features, batch_size, everyone=ALONE, weight_decay=0.0):
    """Return the rate to begin with: half of the largest stable one, at most 0.5.

    features (n, d). everyone: as theory.Alone says; all get the same. Weight decay adds
    to each eigenvalue, and the rate lr that it leaves is 1 / (1 / rate + weight_decay).
    """
    rate = min(0.5, sampled_stable_lr(features, batch_size, everyone) / 2)
    return 1 / (1 / rate + weight_decay)


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a run to convergence ended.

    converged: whether within the tolerance. off_by: standard errors of the furthest
    parameter from least squares, None where that is not unique or not known. joint:
    its F statistic, of mean about 1. exact: whether the predictions are those of least
    squares up to the rounding of the dtype. lr, stages: the last rate, how many stages.
    reason: why not more, "" if converged. goal: from what it is measured.
    """

    converged: bool
    off_by: Optional[float]
    joint: float
    exact: bool
    lr: float
    stages: int
    reason: str = ""
    goal: str = "least squares"


def converge(train, features, labels, config, *, distance, auto_rate=True, **options):
    """Train in stages until within the tolerance of least squares; (Fit, Ending).

    train: a path's. config: a Config; its lr, if auto_rate is False, is the first one,
    its num_epochs is not looked at. distance: a Distance. options: start, on_epoch,
    tolerance, everyone (as theory.Alone says) and steps, the budget.
    Raises as train does.
    """
    told = Options(**options)
    lr = config.lr
    if auto_rate:
        lr = auto_lr(features, config.batch_size, told.everyone, config.weight_decay)
    per_epoch = math.ceil(distance.n / config.batch_size)
    budget = told.steps or min(BUDGET, WIDE_BUDGET // (features.shape[1] + 2))
    fit, steps, num_epochs = told.start, 0, FIRST_EPOCHS
    if distance.best is not None:
        goal = Known(distance, told.tolerance)
    else:
        goal = Halves(distance, told.tolerance, vector(fit, features.shape[1]))
    for stage in itertools.count(1):
        part = dataclasses.replace(config, lr=lr, num_epochs=num_epochs, average=0.5)
        fit = train(features, labels, part, start=fit, on_epoch=told.on_epoch)
        steps += num_epochs * per_epoch
        now = vector(fit, features.shape[1])
        walked = Stage(lr, num_epochs * per_epoch, now, fit.losses[-1])
        near, found, factor = goal.judge(walked)
        found.update(lr=lr, stages=stage)
        if near:
            return fit, Ending(True, **found)
        if steps + num_epochs * per_epoch > budget:
            return fit, Ending(False, **found, reason=why(steps, walked, distance))
        lr *= factor
        if factor == 1 and steps + 2 * num_epochs * per_epoch <= budget:
            num_epochs *= 2


def vector(fit, num_inputs):
    """Return a Fit's w and b, float64 (d + 1,); of None, about where a run starts."""
    if fit is None:
        return np.zeros(num_inputs + 1)
    return np.append(np.float64(fit.w), fit.b)


@dataclasses.dataclass(frozen=True)
class Options:
    """What converge may be told."""

    start: Optional[Fit] = None
    on_epoch: object = None
    tolerance: float = TOLERANCE
    everyone: object = ALONE
    steps: Optional[int] = None


def why(steps, stage, distance):
    """Return why a run that spent its budget is not nearer."""
    spent = f"its budget of steps is spent ({steps:,} taken)"
    if not distance.slow(stage.lr, stage.steps / 2):
        return spent
    ratio = distance.values[-1] / distance.values[0]
    return (
        f"{spent}, and the columns are nearly collinear (condition number {ratio:.3g}):"
        " what sets them apart is learned slowly"
    )
