"""What the lecturer plays with: other rates, weights kept, the speed of Gluon."""

import math
import time

import numpy as np

from ... import scratch, theory
from ...config import Config, DivergedError
from ..lab import PATHS, TIMED, theta, verdict


def small_lr(lab):
    losses = {lr: lab.train(lr=lr).losses[-1] for lr in (1e-4, 1e-3, 1e-2)}
    text = ", ".join("lr %g: %.3g" % item for item in losses.items())
    return text + "; lr 0.03: %.3g" % lab.best.loss, verdict(
        min(losses.values()) > 0.01
    )


def outcome(lab, lr, seed):
    """Return the last loss of a run, nan if it diverged."""
    try:
        return lab.train(lr=lr, seed=seed).losses[-1]
    except DivergedError:
        return math.nan


def large_lr(lab):
    at_one, at_three = (
        np.array([outcome(lab, lr, seed) for seed in range(5)]) for lr in (1.0, 3.0)
    )
    full, batch = (theory.largest_stable_lr(lab.data[0], B) for B in (None, 10))
    beyond = np.array([outcome(lab, 1.05 * full, seed) for seed in range(5)])
    burst = int((~(beyond < 1)).sum())
    excess = np.nanmean(at_one) / lab.best.loss
    measured = (
        "lr 1: loss %.1e, %.1f times the floor; lr 3: nan in %d of 5; theory: batches "
    )
    measured += (
        "of 10 up to %.2f, full batch up to %.2f (at %.2f %d of 5 end above 1); "
    )
    measured += "the largest rate that works is not the best"
    nans = int(np.isnan(at_three).sum())
    numbers = np.nanmean(at_one), excess, nans, batch, full, 1.05 * full, burst
    ok = (at_one < 1e-3).all() and nans == 5 and 1 < batch < full < 3 and burst > 0
    return measured % numbers, verdict(ok, remark=excess > 1.1)


def stale_weights(lab):
    trained, config = lab.train(), Config(lr=1e-4, num_epochs=1)
    stale = scratch.train(*lab.data, config, start=(trained.w, trained.b)).losses[0]
    fresh = lab.train(lr=1e-4, num_epochs=1).losses[0]
    text = "first epoch at lr 1e-4: %.2g on trained weights, %.3g on fresh ones"
    return text % (stale, fresh), verdict(stale < fresh / 1000)


def more_stable(lab):
    apart = np.abs(theta(lab.train()) - theta(lab.train("gluon"))).max()
    diverged = [part for part in PATHS if part_diverges(lab, part)]
    measured = "parameters differ by %.0e; at lr 3 %s diverge: one dense layer and a "
    measured += "square leave nothing to stabilise"
    text = measured % (apart, " and ".join(diverged) or "none")
    return text, verdict(diverged == ["scratch"])


def part_diverges(lab, part):
    """Return whether a path diverges at lr 3."""
    try:
        lab.train(part, lr=3.0)
    except DivergedError:
        return True
    return False


def faster(lab):
    seconds = {part: math.inf for part in PATHS}
    for _ in range(5):
        for part in PATHS:
            start = time.perf_counter()
            lab.train(part)
            seconds[part] = min(seconds[part], time.perf_counter() - start)
    ratio = seconds["gluon"] / seconds["scratch"]
    return "Gluon takes %.2f of scratch's time (minima of 5, in turn)" % ratio, TIMED
