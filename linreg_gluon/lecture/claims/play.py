"""What the lecturer plays with: other rates, weights kept, the speed of Gluon."""

import math
import time

import numpy as np

from ... import scratch, theory
from ...config import Config, DivergedError
from ..lab import PATHS, TIMED, theta, verdict
from .words import joined, said


def small_lr(lab):
    """Step 11: after three epochs small rates are far from the floor."""
    losses = {lr: lab.train(lr=lr).losses[-1] for lr in (1e-4, 1e-3, 1e-2)}
    ok = min(losses.values()) > 0.01
    texts = [said("small_lr", lr=lr, loss=loss) for lr, loss in losses.items()]
    usual = said("small_lr", lr=0.03, loss=lab.train(lr=0.03).losses[-1])
    return joined([joined(texts), usual], "; ", "；"), verdict(ok)


def outcome(lab, lr, seed):
    """Return the last loss of a run, nan if it diverged."""
    try:
        return lab.train(lr=lr, seed=seed).losses[-1]
    except DivergedError:
        return math.nan


def large_lr(lab):
    """Step 11: rate 1 works, rate 3 ends in nan, as theory says of both."""
    at_one, at_three = (
        np.array([outcome(lab, lr, seed) for seed in range(5)]) for lr in (1.0, 3.0)
    )
    full, batch = (theory.largest_stable_lr(lab.data[0], B) for B in (None, 10))
    beyond = np.array([outcome(lab, 1.05 * full, seed) for seed in range(5)])
    burst = int((~(beyond < 1)).sum())
    excess = np.nanmean(at_one) / lab.best.loss
    nans = int(np.isnan(at_three).sum())
    runs = {"one": np.nanmean(at_one), "excess": excess, "nans": nans, "burst": burst}
    text = said("large_lr", batch=batch, full=full, beyond=1.05 * full, **runs)
    ok = (at_one < 1e-3).all() and nans == 5 and 1 < batch < full < 3 and burst > 0
    return text, verdict(ok, remark=excess > 1.1)


def stale_weights(lab):
    """Step 11: who does not initialise again goes on from trained weights."""
    trained, config = lab.train(), Config(lr=1e-4, num_epochs=1)
    stale = scratch.train(*lab.data, config, start=(trained.w, trained.b)).losses[0]
    fresh = lab.train(lr=1e-4, num_epochs=1).losses[0]
    text = said("stale_weights", stale=stale, fresh=fresh)
    return text, verdict(stale < fresh / 1000)


def more_stable(lab):
    """Step 18: whether Gluon bears a rate at which scratch diverges."""
    apart = np.abs(theta(lab.train()) - theta(lab.train("gluon"))).max()
    diverged = [part for part in PATHS if part_diverges(lab, part)]
    parts = joined(diverged, " and ", "、") if diverged else {"en": "none", "zh": "无"}
    text = said("more_stable", apart=apart, parts=parts)
    return text, verdict(diverged == ["scratch"])


def part_diverges(lab, part):
    """Return whether a path diverges at lr 3."""
    try:
        lab.train(part, lr=3.0)
    except DivergedError:
        return True
    return False


def faster(lab):
    """Step 18: Gluon's time in scratch's, minima of five runs in turn."""
    seconds, runs = {part: math.inf for part in PATHS}, 5
    for _ in range(runs):
        for part in PATHS:
            start = time.perf_counter()
            lab.train(part)
            seconds[part] = min(seconds[part], time.perf_counter() - start)
    ratio = seconds["gluon"] / seconds["scratch"]
    return said("faster", ratio=ratio, runs=runs), TIMED
