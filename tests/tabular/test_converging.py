"""Training until least squares is reached, and saying so only where it is so."""

import numpy as np
import pytest

from linreg_gluon import Config, fused, tabular, theory
from linreg_gluon.tabular.converging import auto_lr, converge
from linreg_gluon.tabular.distance import Distance, Known, Stage


def table(n=200, d=3, noise=1.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return tabular.Table.of(X, X.sum(axis=1) + noise * rng.normal(size=n))


def to_the_end(data, **told):
    study = tabular.Experiment(data, standardize=True)
    return study.train(fused.train, Config(), auto=("lr", "num_epochs"), **told)


def test_run_ends_at_least_squares():
    result = to_the_end(table())
    exact, own = result.study.exact, result.learned
    off = np.abs(np.append(own.w - exact.w, own.b - exact.b))
    assert result.ending.converged and "Converged: " in str(result)
    assert (off < 0.11 * np.append(exact.se_w, exact.se_b)).all()  # 0.1, and float32
    assert result.config.num_epochs == len(result.fit.losses)


def test_spent_budget_is_said():
    result = to_the_end(table(), steps=20 * 16, tolerance=1e-6)
    assert not result.ending.converged
    assert "Not converged: " in str(result) and "budget" in str(result)


def test_exact_data_are_exact():
    result = to_the_end(table(noise=0))
    assert result.ending.exact and "exact up to float32" in str(result)


def test_repeated_column_reaches_fitted_values():
    data = table()
    X = np.column_stack([data.features, data.features[:, 0]])
    result = to_the_end(tabular.Table.of(X, data.labels))
    assert result.ending.converged and result.ending.off_by is None
    best = theory.least_squares(data.features, data.labels)
    assert result.metrics()["training"]["r2"] == pytest.approx(best.r2, abs=1e-3)


@pytest.mark.parametrize("seed", range(8))
def test_told_without_least_squares_it_is_so(seed):
    # Heavy tails and a slow direction: what biases a large rate, what takes long.
    rng = np.random.default_rng(seed)
    X = rng.standard_t(4, size=(300, 4))
    X[:, 1] = X[:, 0] + 0.3 * X[:, 1]
    y = X.sum(axis=1) + rng.normal(size=300)
    X, y = ((a - a.mean(axis=0)) / a.std(axis=0) for a in (X, y))
    X, y = X.astype(np.float32), y.astype(np.float32)
    fit, ending = converge(fused.train, X, y, Config(), distance=Distance(X, y))
    assert ending.converged and ending.goal == "where a lower rate leads"
    best = theory.least_squares(X, y)
    assert (np.abs(fit.w - best.w) < 0.1 * best.se_w).all()


def test_slow_direction_is_not_said_to_be_there():
    # Two columns alike but for a thousandth: the budget cannot tell them apart.
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    X[:, 1] = X[:, 0] + 1e-3 * X[:, 1]
    y = (X[:, 1] - X[:, 0]) * 1e3 + 0.1 * rng.normal(size=200)
    X, y = ((a - a.mean(axis=0)) / a.std(axis=0) for a in (X, y))
    X, y = X.astype(np.float32), y.astype(np.float32)
    told = {"distance": Distance(X, y), "steps": 10**4}
    _, ending = converge(fused.train, X, y, Config(), **told)
    assert not ending.converged and "nearly collinear" in ending.reason


def test_rate_falls_where_a_stage_brings_little():
    X, y = (a.astype(np.float32) for a in (np.eye(4)[:, :1], np.arange(4)))
    goal = Known(Distance(X, y, best=np.zeros(2)), 0.1)
    first, second = (Stage(0.5, 10**4, np.array([size, 0]), 1.0) for size in (1, 0.9))
    assert goal.judge(first)[2] == 1
    near, found, factor = goal.judge(second)
    assert not near and factor == pytest.approx(max(0.05 / found["off_by"], 1 / 8))


def test_weight_decay_ends_at_ridge():
    study = tabular.Experiment(table(), standardize=True)
    auto = ("lr", "num_epochs")
    result = study.train(fused.train, Config(weight_decay=0.5), auto=auto)
    w, b = theory.ridge(*study.training, 0.5)
    assert result.ending.converged and "ridge regression" in str(result)
    # a tenth of a standard error, 1 / sqrt(200) of a residual sd below 1
    assert np.abs(result.fit.w - w).max() < 0.01


def test_workers_do_not_take_least_squares_for_ridge():
    study = tabular.Experiment(table(), standardize=True)
    study.whole = {"training": 200, "held out": 0}  # as if others had rows, too
    assert study.distance(Config(weight_decay=0.5)).best is None
    assert study.distance(Config()).best is not None


def test_ridge_solves_its_equations():
    X, y = np.random.default_rng(0).normal(2, 1, (20, 4)), np.arange(20.0)
    w, b = theory.ridge(X, y, 0.3)
    residuals = X @ w + b - y
    assert residuals.sum() == pytest.approx(0, abs=1e-9)
    assert X.T @ residuals / 20 + 0.3 * w == pytest.approx(np.zeros(4), abs=1e-9)


def test_rate_is_half_the_stable_one():
    X = np.random.default_rng(0).normal(size=(300, 8))
    assert auto_lr(X, 1) == pytest.approx(theory.largest_stable_lr(X, 1) / 2)
    assert auto_lr(X[:, :1] / 100, 10) == 0.5
