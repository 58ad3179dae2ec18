"""Leave-one-out in closed form, against the loop that leaves each row out."""

import numpy as np
import pytest

from linreg_gluon import theory


def naive(X, y, decay):
    """Return the mean squared error of n fits without one row each.

    The whole penalty n c stays: n - 1 rows bear n c / (n - 1) a row.
    """
    n, errors = len(y), []
    for i in range(n):
        rest = np.arange(n) != i
        w, b = theory.ridge(X[rest], y[rest], decay * n / (n - 1))
        errors.append(y[i] - X[i] @ w - b)
    return np.mean(np.square(errors))


RNG = np.random.default_rng(5)
SHAPES = {
    "tall": RNG.normal(size=(30, 4)) + 3,
    "wide": RNG.normal(size=(12, 40)),
    "collinear": RNG.normal(size=(25, 3)) @ np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 0.0]]),
    "one row apart": np.vstack([RNG.normal(size=(20, 3)), [50, 50, 50]]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_closed_form_is_the_loop(name):
    X = SHAPES[name]
    y = X[:, 0] - X[:, 1] + RNG.normal(size=len(X)) + 100
    decays = [1e-3, 0.1, 3.0]
    found = theory.LeaveOneOut(X, y).errors(decays)
    # float64; the loop solves systems of condition number up to 1e6
    assert found == pytest.approx([naive(X, y, decay) for decay in decays], rel=1e-8)


def test_blocks_change_nothing(monkeypatch):
    X = SHAPES["tall"]
    whole = theory.LeaveOneOut(X, X[:, 0] ** 2).errors([0.0, 0.1])
    monkeypatch.setattr(theory.sums, "BLOCK", 7)
    parts = theory.LeaveOneOut(X, X[:, 0] ** 2).errors([0.0, 0.1])
    assert parts == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("name", ["wide", "tall", "collinear"])
def test_best_is_no_worse_than_its_neighbours(name):
    X = SHAPES[name]
    y = X[:, 0] + 2 * RNG.normal(size=len(X))
    search = theory.LeaveOneOut(X, y)
    best = search.best()
    tried = np.append(search.values[-1] * np.geomspace(1e-7, 10, 300), 0.0)
    # neighbours on the finer grid are 1 % apart, and the error is flat at its least
    assert search.errors([best])[0] <= search.errors(tried).min() * (1 + 1e-4)


def test_plain_data_want_no_decay():
    X = RNG.normal(size=(500, 3))
    assert theory.LeaveOneOut(X, X @ [1, 2, 3.0]).best() == 0.0
    assert theory.LeaveOneOut(np.ones((5, 2)), np.arange(5.0)).best() == 0.0


def test_wide_data_always_want_some():
    # Without any, as many directions as rows leave nothing to be learned from.
    X = SHAPES["wide"]
    search = theory.LeaveOneOut(X, X[:, 0])
    assert search.errors([0.0])[0] == np.inf and search.best() > 0
