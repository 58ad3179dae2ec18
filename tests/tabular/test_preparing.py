"""Units are undone exactly, and the held-out part is a fixed, even share."""

import numpy as np
import pytest

from linreg_gluon import Fit, theory
from linreg_gluon.kept import Units
from linreg_gluon.tabular.preparing import (
    Preparation,
    held_out_last,
    own_rows,
)
from linreg_gluon.tabular.scores import score
from linreg_gluon.theory import ALONE

RNG = np.random.default_rng(5)
X = RNG.standard_normal((200, 3)) * [1, 1e-3, 1e6] + [0, 5, 1e8]
Y = X @ [2, -300, 4e-6] + 7 + RNG.standard_normal(200)


def test_standard_units_have_mean_0_sd_1():
    S, t = Units.standard(X, Y).convert(X, Y, "float32")
    assert S.dtype == t.dtype == np.float32
    # 200 float32 numbers near 1, each to 6e-8
    assert np.abs(S.mean(axis=0)).max() < 1e-7 and abs(t.mean()) < 1e-7
    assert np.abs(S.std(axis=0) - 1).max() < 1e-6 and abs(t.std() - 1) < 1e-6


def test_fold_gives_same_predictions():
    units = Units.standard(X, Y)
    S, t = units.convert(X, Y, "float64")
    inner = Fit(np.array([0.3, -0.2, 0.9]), 0.1, (0.5,))
    own = units.fold(inner)
    outside = (X @ own.w + own.b - units.label_mean) / units.label_scale
    # the offset of 1e8 on a spread of 1e6 costs two of float64's 16 digits
    assert np.allclose(outside, S @ inner.w + inner.b, atol=1e-12)
    assert own.losses[0] == pytest.approx(0.5 * Y.var())


def test_least_squares_fold_alike():
    units = Units.standard(X, Y)
    inner = theory.least_squares(*units.convert(X, Y, "float64"))
    outer = theory.least_squares(X, Y)
    own = units.fold(Fit(inner.w, inner.b))
    assert np.allclose(own.w, outer.w, rtol=1e-10)
    assert own.b == pytest.approx(outer.b, rel=1e-10)


def test_own_units_change_nothing():
    units = Units.own(3)
    fit = Fit(np.array([1.5, 2, 3], np.float32), 0.1, (0.25,))
    own = units.fold(fit)
    assert np.array_equal(units.convert(X, Y, "float64")[0], X)
    assert (own.w.tolist(), own.b, own.losses) == ([1.5, 2, 3], 0.1, (0.25,))


def test_constant_column_is_centred_only():
    units = Units.standard(np.full((5, 1), 7.0), np.full(5, 3.0))
    S, t = units.convert(np.full((5, 1), 7.0), np.full(5, 3.0), "float32")
    assert not S.any() and not t.any()


def split(values, share, seed):
    """Return (the rows as they stand while the last are held out, how many train)."""
    prepared = Preparation(holdout=share, seed=seed)
    _, held, count = own_rows(len(values), prepared, ALONE)
    with held_out_last(values, held) as n:
        assert n == count
        return values.copy(), n


@pytest.mark.parametrize("n, share, held", [(10, 0, 0), (10, 0.2, 2), (3, 0.01, 1)])
def test_hold_out_moves_share(n, share, held):
    values = np.arange(2.0 * n).reshape(n, 2)
    moved, count = split(values, share, seed=1)
    assert n - count == held
    assert sorted(moved[:, 0].tolist()) == list(range(0, 2 * n, 2))
    assert np.array_equal(moved[:, 1], moved[:, 0] + 1)  # rows stay whole
    assert (np.diff(moved[:count, 0]) > 0).all()  # in the file's order


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9])
@pytest.mark.parametrize("block", [1, 7, 1000])
def test_rows_are_back_afterwards(monkeypatch, share, block):
    monkeypatch.setattr(theory.sums, "BLOCK", block)
    values = np.arange(200.0).reshape(100, 2)
    moved, _ = split(values, share, seed=3)
    assert np.array_equal(values, np.arange(200.0).reshape(100, 2))
    assert share == 0 or not np.array_equal(moved, values)


def test_hold_out_works_in_blocks(monkeypatch):
    values = np.arange(100.0).reshape(100, 1)
    large, _ = split(values, 0.3, seed=2)
    monkeypatch.setattr(theory.sums, "BLOCK", 7)
    small, _ = split(values, 0.3, seed=2)
    assert np.array_equal(small, large)


def test_hold_out_follows_seed():
    parts = []
    for seed in (0, 0, 1):
        values, _ = split(np.arange(100.0).reshape(100, 1), 0.2, seed)
        parts.append(values[80:, 0].tolist())
    assert parts[0] == parts[1] != parts[2]


@pytest.mark.parametrize("share", [1, -0.1, float("nan"), 0.99])
def test_hold_out_refuses(share):
    with pytest.raises(ValueError, match="holdout"):
        split(np.zeros((3, 2)), share, seed=0)


def test_score_matches_definition():
    fit = Fit(np.array([2, -300, 4e-6]), 7.0)
    found = score(X, Y, fit)
    residual = Y - (X @ fit.w + fit.b)
    assert found["rmse"] == pytest.approx(np.sqrt((residual**2).mean()))
    assert found["r2"] == pytest.approx(1 - (residual**2).mean() / Y.var())
    assert score(X, np.ones(200), fit)["r2"] is None
