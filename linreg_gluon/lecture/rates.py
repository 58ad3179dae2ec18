"""The lecturer's play with the learning rate (step 11), as a study over shuffles.

A room of its own because both a script and the page on the lecture are drawn from it.
Every run initialises w and b again: the lecturer shows what happens otherwise.
"""

import dataclasses
import math

import numpy as np

from .. import theory
from ..config import Config, DivergedError, check_int

# Three rates per decade, closer where they stop working.
LRS = (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 1.3, 1.6, 2.0, 3.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Point:
    """What one learning rate gave.

    lr: float. losses: float64 (runs,), the loss after the last epoch; inf for a run
    that diverged, as DivergedError says.
    """

    lr: float
    losses: np.ndarray

    @property
    def diverged(self):
        """Return how many of the runs diverged."""
        return int(np.isinf(self.losses).sum())


def configs(lrs, config):
    """Return config with each of lrs in turn; ValueError names one that cannot be."""
    return [dataclasses.replace(config, lr=lr) for lr in lrs]


def check_rates(lrs, config, runs):
    """Raise ValueError naming the first of lrs that no run can have, or runs."""
    check_int("runs", runs, 1)
    configs(lrs, config)


def sweep(train, data, config, *, lrs=LRS, runs=5):
    """Yield a Point for each learning rate in turn.

    train: a path's train. data: (features, labels). config: a Config; run i has the
    seed config.seed + i, the same for every rate, so rates differ by nothing else.
    Raises ValueError before any work.
    """
    check_int("runs", runs, 1)
    each = [
        [dataclasses.replace(one, seed=config.seed + run) for run in range(runs)]
        for one in configs(lrs, config)
    ]

    def losses(reruns):
        return np.array([last_loss(train, data, one) for one in reruns])

    return (Point(reruns[0].lr, losses(reruns)) for reruns in each)


def last_loss(train, data, config):
    """Return the loss after the last epoch of a fresh run, inf if it diverged."""
    try:
        return train(*data, config).losses[-1]
    except DivergedError:
        return math.inf


def limits(features, batch_size=Config.batch_size):
    """Return theory's largest learning rates as {what: lr}."""
    return {
        "full batch": theory.largest_stable_lr(features),
        "batches of %d" % batch_size: theory.largest_stable_lr(features, batch_size),
    }


def row(point):
    """Return a Point as a line of the printed table (HEADER)."""
    ends = point.losses[np.isfinite(point.losses)]
    figures = "%-12.3g %-12.3g %-12.3g" % (
        (np.median(ends), ends.min(), ends.max()) if len(ends) else (math.nan,) * 3
    )
    gone = "%d of %d diverged" % (point.diverged, len(point.losses))
    return (
        "%-10g %s %s" % (point.lr, figures, gone if point.diverged else "")
    ).rstrip()


HEADER = "%-10s %-12s %-12s %-12s" % ("lr", "median loss", "smallest", "largest")


def as_dict(points):
    """Return the points for --json; a diverged run's loss is null there."""
    return [
        {"lr": point.lr, "losses": [x if x < math.inf else None for x in point.losses]}
        for point in points
    ]
