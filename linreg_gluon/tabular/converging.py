"""Training until least squares is reached: the rate from theory, averages, stages.

A constant rate keeps jittering around least squares. The mean of the iterates does not
(Polyak and Juditsky, 1992; at a constant rate for least squares: Bach and Moulines,
2013, arXiv 1306.2119). What is left is what the start left, which takes more epochs,
and a bias of shuffling without replacement, which takes a smaller rate.
"""

import dataclasses
import math
from typing import Optional

import numpy as np

from ..config import Fit
from ..theory import ALONE, moments, sampled_stable_lr, second_moment

TOLERANCE = 0.1  # standard errors, and of the mean of F: far below what data can tell
FIRST_EPOCHS = 16  # of the first stage; each later one has twice as many
BUDGET = 10**6  # steps in all
WIDE_BUDGET = 4 * 10**7  # steps times parameters: a step of wide data takes longer
RESOLUTION = {"float32": 2e-5, "float64": 1e-9}  # of the labels' sd, in predictions
STANDS_STILL = 0.6  # a stage that brings less takes the rate down


def auto_lr(features, batch_size, everyone=ALONE):
    """Return the rate to begin with: half of the largest stable one, at most 0.5.

    features (n, d). everyone: as theory.Alone says; all get the same.
    """
    return min(0.5, sampled_stable_lr(features, batch_size, everyone) / 2)


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


class Distance:
    """How far apart two parameter vectors are, as the data see it.

    features (n, d), labels (n,) in training units. best: least squares as (w, b) in
    these units, None if nobody has it: then the mean of a stage is compared with that
    of the one before. unique: whether it is the only one. decays: it is ridge's.
    """

    def __init__(
        self, features, labels, *, best=None, unique=True, decays=False, everyone=ALONE
    ):
        n = everyone.sum(np.float64(len(labels)))
        H = everyone.sum(second_moment(features) * len(labels)) / n
        known = "ridge regression" if decays else "least squares"
        self.goal = "the stage before" if best is None else known
        self.n, self.best, self.dtype = float(n), best, str(labels.dtype)
        values, basis = np.linalg.eigh(H)
        kept = values > 1e-10 * values[-1]
        self.values, self.basis = values[kept], basis[:, kept]
        self.unique = unique and bool(kept.all())
        self.sd = float(moments(labels, everyone)[1]) or 1.0
        self.free = max(1.0, self.n - len(self.values))

    def between(self, one, other, loss):
        """Return (off_by or None, joint, exact); loss: the mean half squared error."""
        across = self.basis.T @ (one - other)
        square = float(self.values @ across**2)  # mean squared change of prediction
        sigma2 = max(2 * loss * self.n / self.free, (1e-7 * self.sd) ** 2)
        joint = self.n * square / (len(self.values) * sigma2)
        variance = (self.basis**2 / self.values).sum(axis=1) * sigma2 / self.n
        off_by = None
        if self.unique:
            off_by = float(np.max(np.abs(one - other) / np.sqrt(variance)))
        exact = math.sqrt(square) <= RESOLUTION[self.dtype] * self.sd
        return off_by, joint, exact

    def settled(self, lr, steps):
        """Return whether so many steps forget the start in the slowest direction."""
        return lr * self.values[0] * steps > 3


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
        lr = auto_lr(features, config.batch_size, told.everyone)
    per_epoch = math.ceil(distance.n / config.batch_size)
    budget = told.steps or min(BUDGET, WIDE_BUDGET // (features.shape[1] + 2))
    fit, before, last = told.start, None, math.inf
    steps, num_epochs = 0, FIRST_EPOCHS
    for stage in range(1, 100):
        part = dataclasses.replace(config, lr=lr, num_epochs=num_epochs, average=0.5)
        fit = train(features, labels, part, start=fit, on_epoch=told.on_epoch)
        steps += num_epochs * per_epoch
        now, loss = np.append(np.float64(fit.w), fit.b), fit.losses[-1]
        target = distance.best if distance.best is not None else before
        if target is None:
            before, num_epochs = now, 2 * num_epochs
            continue
        near, found = judged(distance, now, target, loss, told.tolerance)
        near = near and (distance.best is not None or distance.settled(lr, steps))
        found.update(lr=lr, stages=stage)
        if near:
            return fit, Ending(True, **found)
        settled = distance.settled(lr, num_epochs * per_epoch / 2)
        if steps + num_epochs * per_epoch > budget:
            return fit, Ending(False, **found, reason=why(steps, settled, distance))
        size = max(found["off_by"] or 0, math.sqrt(found["joint"]))
        if settled and size > STANDS_STILL * last:
            lr /= 2
        last, before = size, now
        if steps + 2 * num_epochs * per_epoch <= budget:
            num_epochs *= 2
    raise AssertionError("a stage is never empty")


def judged(distance, now, target, loss, tolerance):
    """Return whether parameters are near a target, and how, as fields of an Ending."""
    off_by, joint, exact = distance.between(now, target, loss)
    limit = tolerance * (1 if distance.best is not None else 0.5)
    near = (off_by or 0) < limit and joint < limit
    exact = exact and not near  # less than standard errors could say
    found = {"off_by": off_by, "joint": joint, "exact": exact, "goal": distance.goal}
    return near or exact, found


@dataclasses.dataclass(frozen=True)
class Options:
    """What converge may be told."""

    start: Optional[Fit] = None
    on_epoch: object = None
    tolerance: float = TOLERANCE
    everyone: object = ALONE
    steps: Optional[int] = None


def why(steps, settled, distance):
    """Return why a run that spent its budget is not nearer."""
    if settled:
        return f"its budget of steps is spent ({steps:,} taken)"
    ratio = math.sqrt(distance.values[-1] / distance.values[0])
    return (
        f"its budget of steps is spent ({steps:,} taken), and the columns are nearly "
        f"collinear (condition number {ratio:.3g}): what sets them apart is learned "
        "slowly"
    )
