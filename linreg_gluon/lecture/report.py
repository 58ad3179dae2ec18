"""The comparison with the lecture: this platform's losses, a dict for JSON."""

import dataclasses
import platform

import numpy as np

from .. import fused
from ..config import Config
from . import record
from .lab import PATHS, RECORDED, Lab

SHUFFLES = 1000


def this_platform():
    """Return what the notebooks, run on this machine, would print.

    A dict: system, dataset ("lecture", "mxnet-linux", or None where MXNet does not run)
    and losses, {lr at which a notebook was run, as text: ranges_at(lr)}.
    """
    system = platform.system()
    which = {"Linux": "mxnet-linux", "Darwin": "lecture"}.get(system)
    rates_run = [RECORDED[part]["lr"] for part in PATHS] if which else []
    losses = {"%g" % lr: ranges_at(lr, which) for lr in rates_run}
    return {"system": system, "dataset": which, "losses": losses}


def ranges_at(lr, which):
    """Return for each epoch (low, high), between which 99 % of SHUFFLES runs at lr end.

    They are fused's, which takes the notebooks' steps in a thousandth of the time.
    """
    lab, config = Lab(2, which), Config(lr=lr)
    runs = [
        fused.train(*lab.data, dataclasses.replace(config, seed=i), start=lab.start)
        for i in range(SHUFFLES)
    ]
    ends = np.quantile([run.losses for run in runs], [0.005, 0.995], axis=0)
    return [list(map(float, pair)) for pair in ends.T]


def data_seen(here):
    """Return which data set the notebooks' code draws here, in a sentence or two."""
    if here["dataset"] == "lecture":
        data = "On %(system)s the notebooks' code draws the lecture's own data set. "
    elif here["dataset"]:
        data = (
            "Your own run of the notebook on %(system)s sees another data set than the "
            "lecture's: nothing is seeded, but MXNet's seed is 0 by default and its "
            "normal numbers come from the C++ library, which is another one on Linux "
            "than on the lecturer's machine. Train on it with `--dataset mxnet-linux`. "
        )
    else:
        data = "MXNet has no package for %(system)s; ours draws the lecture's data. "
    return data % here


def advice(here):
    """Return the paragraph that a learner with other numbers needs."""
    losses = []
    for lr, pairs in here["losses"].items():
        ranges = ", ".join("%.3g to %.3g" % tuple(pair) for pair in pairs)
        losses.append("%s with lr %s" % (ranges, lr))
    expect = "After the three epochs expect the losses %s: " % "; ".join(losses)
    shuffle = "the shuffle alone, different in every run, makes the range, in which "
    shuffle += "99 of 100 runs end."
    return data_seen(here) + (expect + shuffle if losses else "")


def as_dict(results, here):
    """Return the comparison for --json."""
    claims_ = [
        {
            "number": result.number,
            "step": result.claim.step,
            "claim": result.claim.text,
            "code": result.claim.code,
            "measured": result.measured,
            "verdict": result.verdict,
            "recorded": result.claim.verdict,
            "measured_zh": result.said("zh"),
        }
        for result in results
    ]
    return {
        "headline": record.headline(results),
        "claims": claims_,
        "this_platform": here,
    }
