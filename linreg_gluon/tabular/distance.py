"""How far a run is from where it leads: from least squares, or told without it."""

import math
from typing import NamedTuple

import numpy as np

from ..theory import ALONE, moments, second_moment

RESOLUTION = {"float32": 2e-5, "float64": 1e-9}  # of the labels' sd, in predictions
STANDS_STILL = 0.6  # a stage that brings less takes the rate down
LOWER = 1 / 8, 1 / 2  # by so much, in a stage
CAREFUL = 0.7  # of the tolerance, between two means: wrong in 0.6 % instead of 1


class Stage(NamedTuple):
    """What a stage ended with: its rate and steps, the mean iterate, its loss."""

    lr: float
    steps: int
    now: np.ndarray
    loss: float


class Distance:
    """How far apart two parameter vectors are, as the data see it.

    features (n, d), labels (n,) in training units. best: least squares as (w, b) in
    these units, None if nobody has it. unique: whether it is the only one.
    weight_decay: above 0, best is ridge's. everyone: as theory.Alone says.
    """

    def __init__(
        self, features, labels, *, best=None, unique=True, weight_decay=0.0,
        everyone=ALONE,
    ):  # fmt: skip
        n = everyone.sum(np.float64(len(labels)))
        H = second_moment(features, everyone)
        known = "ridge regression" if weight_decay else "least squares"
        self.goal = "where a lower rate leads" if best is None else known
        self.n, self.best, self.dtype = float(n), best, str(labels.dtype)
        values, basis = np.linalg.eigh(H)
        kept = values > 1e-10 * values[-1]
        self.values, self.basis = values[kept], basis[:, kept]
        self.pull = self.values + weight_decay  # what a step takes off, times lr
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

    def judged(self, one, other, loss, tolerance):
        """Return whether one is within the tolerance, and how, as an Ending's fields.

        The latter also hold size: how far, in standard errors.
        """
        off_by, joint, exact = self.between(one, other, loss)
        size = max(off_by or 0, math.sqrt(joint))
        near = (off_by or 0) < tolerance and joint < tolerance
        exact = exact and not near  # less than standard errors could say
        found = {"off_by": off_by, "joint": joint, "exact": exact, "goal": self.goal}
        return near or exact, found, size

    def left(self, way, travelled):
        """Return what is left of the start, (d + 1,), after a way from it.

        travelled: the sum of the rates of all steps; in the direction of an eigenvector
        it leaves exp(-travelled eigenvalue), and the way is the rest.
        """
        kept = np.exp(-np.maximum(travelled * self.pull, 1e-6))
        return self.basis @ (self.basis.T @ way * kept / (1 - kept))

    def pull_along(self, difference):
        """Return by what share, times lr, a step shortens a difference (d + 1,)."""
        squares = (self.basis.T @ difference) ** 2
        return float(self.pull @ squares / max(squares.sum(), 1e-300))

    def slow(self, lr, steps):
        """Return whether the slowest direction hardly forgets in so many steps."""
        return lr * self.pull[0] * steps <= 3


class Known:
    """The stages' means against least squares, which is known."""

    def __init__(self, distance, tolerance):
        self.distance, self.tolerance, self.last = distance, tolerance, math.inf

    def judge(self, stage):
        """Return (near, fields of an Ending, by what the rate falls, 1: not at all).

        It falls where what is left is no more what the start left: that which a lower
        rate reduces.
        """
        distance, best = self.distance, self.distance.best
        near, found, size = distance.judged(stage.now, best, stage.loss, self.tolerance)
        pull = distance.pull_along(stage.now - best)
        forgotten = stage.lr * pull * stage.steps / 2 > 3
        stuck = forgotten and size > STANDS_STILL * self.last
        self.last = size
        return near, found, lower(self.tolerance / 2, size) if stuck else 1


class Halves:
    """The mean of one half of a run against that of the other, at a lower rate.

    The first half goes on until theory leaves nothing of the start. What it misses
    least squares by is then due to its rate, and mostly absent at a lower one: so the
    difference of the two is about what the first still missed, and the second less.
    """

    def __init__(self, distance, tolerance, start):
        self.distance, self.tolerance = distance, tolerance
        self.start = self.before = start
        self.travelled, self.here, self.first = 0.0, 0.0, None

    def judge(self, stage):
        """Return the same as Known.judge."""
        told = stage.loss, self.tolerance
        near, found, size = self.distance.judged(stage.now, self.before, *told)
        self.before = stage.now
        # A mean over the last half of the steps has forgotten as much as its first.
        self.travelled += stage.lr * stage.steps / 2
        self.here += stage.lr * stage.steps / 2
        left = self.distance.left(stage.now - self.start, self.travelled)
        if not self.distance.judged(left, 0 * left, stage.loss, self.tolerance / 2)[0]:
            return False, found, 1
        if self.first is None:
            near = False
        elif self.here * self.distance.pull[0] < 1:
            return False, found, 1  # the lower rate did not yet show in all directions
        else:
            told = stage.loss, CAREFUL * self.tolerance
            near, found, size = self.distance.judged(stage.now, self.first, *told)
        self.first, self.here = stage.now, 0.0
        return near, found, min(lower(self.tolerance / 2, size), 1 / 4)


def lower(wanted, size):
    """Return by what the rate falls for a distance to fall with it: within LOWER."""
    return min(max(wanted / size, LOWER[0]), LOWER[1]) if size else LOWER[0]
