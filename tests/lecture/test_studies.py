"""What a teacher shows: curves, the trap, errors beside theory; and their pictures."""

import dataclasses
import json
import math

import numpy as np
import pytest
from matplotlib.colors import to_hex

from linreg_gluon import Config, fused, scratch, synthetic_data
from linreg_gluon.lecture import Problem, drawings, lecture_data, studies

SWEEP = "scripts/sweep_lr.py"


@pytest.fixture(scope="module")
def rates():
    config = Config()
    told = fused.train, lecture_data(), config, "lr", (0.001, 0.03, 3.0)
    return list(studies.vary(*told, runs=3))


def test_courses_begin_before_the_first_step(rates):
    features, labels = lecture_data()
    w, b = scratch.init_params(2, 0)
    start = np.mean((features @ w.asnumpy().ravel() + b.asscalar() - labels) ** 2) / 2
    for one in rates:
        assert one.losses.shape == (3, 4)
        assert one.losses[0, 0] == pytest.approx(start, rel=1e-5)
    fit = fused.train(features, labels, Config(seed=2))
    assert tuple(rates[1].losses[2, 1:]) == fit.losses
    assert rates[1].thetas[2] == pytest.approx([*fit.w, fit.b])


def test_diverged_course_is_infinite(rates):
    assert np.isinf(rates[2].losses[:, 1:]).all() and np.isnan(rates[2].thetas).all()
    assert rates[2].point().diverged == 3 and rates[0].point().diverged == 0


def test_curves_are_drawn_of_each_value(rates):
    (axes,) = drawings.curves_figure(rates, "lr", 0.01).axes
    lines = {line.get_label(): line for line in axes.lines}
    names = ["lr 0.001", "lr 0.03", "lr 3: 3 of 3 diverged", "noise floor"]
    assert list(lines) == names and axes.get_yscale() == "log"
    middle = np.median(rates[1].losses, axis=0)
    assert lines["lr 0.03"].get_ydata() == pytest.approx(middle)
    assert len({to_hex(line.get_color()) for line in lines.values()}) == 4


@pytest.mark.parametrize(
    "field, values", [("noise", (0.001, 0.1)), ("num_examples", (100, 1000, 10000))]
)
def test_errors_are_theorys(field, values):
    study = studies.vary_data(fused.train, Problem(), Config(), field, values, runs=20)
    for value, measured, (exact, sgd) in study:
        # An rms of 60 numbers has a relative sd of 1 / sqrt(120): 5 of these.
        assert measured == pytest.approx(sgd, rel=5 / math.sqrt(120)), value
        assert exact < sgd


def test_theory_sees_what_is_left_of_the_start():
    few = dataclasses.replace(Problem("synthetic"), num_examples=100)
    three, many = (
        studies.expected_error(few, Config(num_epochs=n))[1] for n in (3, 1000)
    )
    assert three > 100 * many


def test_trap_leads_to_the_mean():
    data = synthetic_data([2, -3.4], 4.2, 200, 0.01, 0)
    paths = studies.trap(*data)
    assert paths["with"][-1] == pytest.approx([2, -3.4, 4.2], abs=0.01)
    w, b = paths["without"][-1][:2], paths["without"][-1][2]
    assert np.abs(w).max() < 1e-3 and b == pytest.approx(data[1].mean(), abs=1e-3)
    left, right = drawings.trap_figure(*data, paths).axes
    (pairs,) = left.collections
    # Of the right path's end only the diagonal, framed, is small: noise and rounding.
    grid = np.abs(np.asarray(pairs.get_array()).reshape(10, 10))
    assert grid.diagonal().max() < 0.1 < np.median(grid)
    assert [each.get_xy() for each in left.patches] == [(i, i) for i in range(10)]
    words = {text.get_text().strip() for text in right.texts}
    assert {"w[0] 2.00", "w[1] \u22123.40", "w[0], w[1] 0.00"} <= words


STUDIES = [
    (["--batch-sizes", "10,99", "--curves", "--lrs", "1"], "batch size", "batch_size"),
    (["--noises", "0.1"], "noise      measured     theory", "noise"),
    (["--sizes", "100"], "examples   measured     theory", "num_examples"),
]


@pytest.mark.parametrize("flags, head, field", STUDIES)
def test_script_studies_other_things(run, tmp_path, flags, head, field):
    saved, drawn = tmp_path / "a.json", tmp_path / "a.png"
    flags += ["--runs", "1", "--epochs", "1", "--json", saved, "--plot", drawn]
    result = run("python", SWEEP, *flags)
    assert result.returncode == 0 and result.stderr == ""
    assert head in result.stdout and drawn.stat().st_size > 10000
    record = json.loads(saved.read_text())
    points = record["points"]
    assert record["config"]["lr"] == (1 if "--lrs" in flags else 0.03)
    assert [field in point for point in points] == [True] * len(points)


CONTRADICTIONS = [
    ["--sizes", "10", "--num-examples", "5"],
    ["--noises", "1", "--dataset", "lecture"],
    ["--noises", "1", "--curves", "--plot", "a.png"],
    ["--batch-sizes", "1", "--batch-size", "5"],
    ["--batch-sizes", "1", "--lrs", "1,2"],
    ["--noises", "1", "--sizes", "1"],
    ["--lrs", "1.5", "--noises", "1"],
]


@pytest.mark.parametrize("flags", CONTRADICTIONS, ids=" ".join)
def test_contradiction_is_refused(run, flags):
    result = run("python", SWEEP, *flags)
    (line,) = result.stderr.splitlines()
    named = "--curves" if "--curves" in flags else flags[0]
    assert result.returncode == 2 and named in line
