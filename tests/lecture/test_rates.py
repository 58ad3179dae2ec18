"""The learning-rate study: fresh runs, diverged ones counted, limits drawn."""

import json
import math

import numpy as np
import pytest

from linreg_gluon import Config, DivergedError, Fit, plots
from linreg_gluon.lecture import rates as sweep
from linreg_gluon.theory import largest_stable_lr

SCRIPT = "scripts/sweep_lr.py"
SMALL = ["--runs", "2", "--lrs", "0.03,3"]


def test_every_run_starts_afresh(lecture):
    seen = []

    def train(features, labels, config, start=None):
        seen.append((config.lr, config.seed, start))
        return Fit(np.zeros(2), 0.0, (config.lr,))

    points = sweep.sweep(train, lecture, Config(seed=5), lrs=[0.1, 0.2], runs=2)
    assert [(p.lr, p.losses.tolist()) for p in points] == [
        (0.1, [0.1, 0.1]),
        (0.2, [0.2, 0.2]),
    ]
    assert seen == [(lr, seed, None) for lr in (0.1, 0.2) for seed in (5, 6)]


def test_diverged_run_is_inf(lecture):
    def train(features, labels, config):
        raise DivergedError(1, config.lr, 1.4)

    (point,) = sweep.sweep(train, lecture, Config(), lrs=[3.0], runs=3)
    assert point.losses.tolist() == [math.inf] * 3 and point.diverged == 3
    assert "3 of 3 diverged" in sweep.row(point)
    assert sweep.as_dict([point]) == [{"lr": 3.0, "losses": [None] * 3}]


@pytest.mark.parametrize("lrs, runs", [([0.1, -1], 2), ([0.1], 0)])
def test_bad_study_refused_first(lecture, lrs, runs):
    with pytest.raises(ValueError, match="lr must be|runs must be"):
        sweep.sweep(None, lecture, Config(), lrs=lrs, runs=runs)


def test_limits_are_theorys(lecture):
    limits = sweep.limits(lecture[0], 10)
    assert limits["full batch"] == largest_stable_lr(lecture[0])
    assert limits["batches of 10"] == largest_stable_lr(lecture[0], 10)


def test_figure_marks_what_diverged():
    points = [
        sweep.Point(0.1, np.array([1e-4, 3e-4, 2e-4])),
        sweep.Point(3.0, np.array([math.inf] * 3)),
    ]
    (axes,) = plots.sweep_figure(points, {"full batch": 1.9}, 0.01).axes
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["median run"].get_ydata().tolist() == [2e-4]
    assert lines["a run diverged"].get_xdata() == [3.0]
    assert lines["full batch: 1.90"].get_xdata()[0] == 1.9
    assert axes.get_xscale() == axes.get_yscale() == "log"


def test_script_prints_and_saves(run, tmp_path):
    flags = ["--path", "gluon", "--json", tmp_path / "a.json"]
    result = run("python", SCRIPT, *SMALL, *flags, "--plot", tmp_path / "a.svg")
    assert result.returncode == 0 and result.stderr == ""
    assert "2 of 2 diverged" in result.stdout and "batches of 10 1.43" in result.stdout
    saved = json.loads((tmp_path / "a.json").read_text())
    assert [len(point["losses"]) for point in saved["points"]] == [2, 2]
    assert saved["path"] == "gluon" and saved["limits"]["full batch"] > 1.8
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize(
    "flags, complaint",
    [
        (["--lrs", "0.1,0"], "lr must be finite and greater than 0, got 0.0"),
        (["--lrs", "fast"], "argument --lrs"),
        (["--runs", "0"], "runs must be at least 1, got 0"),
        (["--lr", "0.1"], "unrecognized arguments: --lr 0.1"),
    ],
)
def test_bad_flag_one_line(run, flags, complaint):
    result = run("python", SCRIPT, *flags)
    (line,) = result.stderr.splitlines()
    assert result.returncode == 2 and complaint in line
