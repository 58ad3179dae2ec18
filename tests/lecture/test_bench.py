"""The bench: each column of the walk is a run of scratch.train, to its last step."""

import numpy as np
import pytest

from linreg_gluon import Config, DivergedError, scratch
from linreg_gluon.lecture import Lab, bench
from linreg_gluon.lecture.page import benched

LRS = (0.001, 0.03, 1.0, 3.0)


@pytest.fixture(scope="module")
def lab():
    return Lab(2)


@pytest.fixture(scope="module")
def runs(lab):
    return bench.runs(lab, LRS, (10, 1000))


@pytest.mark.parametrize("batch_size", [10, 1000])
@pytest.mark.parametrize("lr", LRS)
def test_column_is_the_run_of_train(lab, runs, lr, batch_size):
    run, config = runs[lr, batch_size], Config(lr=lr, batch_size=batch_size)
    try:
        fit = scratch.train(*lab.data, config, start=lab.start)
    except DivergedError as error:
        assert run.diverged and len(run.ends) == error.epoch - 1
        return
    # The same float32 steps: a product of matrices may sum in another order.
    assert run.w[-1] == pytest.approx(fit.w, abs=2e-6)
    # A loss moves by 2e-6 of its slope, and at most by float32's sums of 1000.
    assert run.ends == pytest.approx(fit.losses, rel=1e-4)
    at_ends = [run.losses[run.epochs.searchsorted(epoch)] for epoch in (1, 2, 3)]
    recorded = run.epochs[run.epochs.searchsorted((1, 2, 3))]
    exact = recorded == (1, 2, 3)  # not every step is recorded
    assert np.array(at_ends)[exact] == pytest.approx(
        np.array(fit.losses)[exact], rel=1e-4
    )
    assert exact[-1]


def test_runs_begin_at_the_notebooks_weights(lab, runs):
    for run in runs.values():
        assert run.epochs[0] == 0 and run.w[0] == pytest.approx(lab.start[0])


def test_outcomes_tell_the_rates_apart(runs):
    told = {lr: runs[lr, 10].outcome for lr in LRS}
    assert told == {0.001: "above", 0.03: "floor", 1.0: "above", 3.0: "diverged"}


def test_first_steps_are_all_recorded():
    assert sorted(bench.kept(300))[:51] == list(range(51))
    assert max(bench.kept(300)) == 300 and len(bench.kept(3000)) <= 102
    assert bench.kept(3) == {0, 1, 2, 3}


def test_words_follow_the_outcome(lab, runs):
    told = {key: benched.said(run, lab) for key, run in runs.items()}
    assert "on its way down" in told[0.001, 10]["en"]
    assert "on the floor" in told[0.03, 10]["en"] and "下限" in told[0.03, 10]["zh"]
    assert "too long to settle" in told[1.0, 10]["en"]
    assert "diverged in epoch 1" in told[3.0, 10]["en"]
    assert (
        "largest rate that is stable for batches of 10 is 1.43" in told[3.0, 10]["en"]
    )
    assert "发散" in told[3.0, 1000]["zh"]


def test_lines_end_where_nobody_sees_them():
    points = np.array([[1, 2], [3, 4], [np.nan, 0], [5, 6]])
    assert benched.path(points) == ["M1.0 2.0L3.0 4.0", "M1.0 2.0h0M3.0 4.0h0"]
    assert benched.path(np.array([[1, 2], [1e9, 0]]))[0] == "M1.0 2.0"


def test_drawn_path_ends_at_the_learned_weights(lab, runs):
    axes = {name: each[1] for name, each in benched.canvases(lab).items()}
    line = benched.lines(runs[0.03, 10], axes)["path"][0]
    end = [float(number) for number in line.split("L")[-1].split()]
    height = axes["path"].figure.get_size_inches()[1] * 72
    scale = axes["path"].figure.dpi / 72
    back = np.array([end[0], height - end[1]]) * scale
    w = axes["path"].transData.inverted().transform(back)
    assert w == pytest.approx(lab.best.w, abs=0.02)  # 0.1 of an SVG's unit
