"""Formulas against exact cases, against simulation, and against a second solver."""

import math

import numpy as np
import pytest
from reference import sgd_oracle

from linreg_gluon import Config, batch_order, synthetic_data, theory


def test_exact_line_is_found():
    fit = theory.least_squares([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    assert fit.w == pytest.approx([2]) and fit.b == pytest.approx(1)
    assert fit.r2 == pytest.approx(1) and fit.loss == pytest.approx(0, abs=1e-30)


def test_hand_worked_standard_errors():
    # x = -1, 0, 1 and y = 0, 3, 0: slope 0, mean 1, RSS 6 with one degree of freedom.
    fit = theory.least_squares([[-1.0], [0.0], [1.0]], [0.0, 3.0, 0.0])
    assert (fit.w[0], fit.b) == pytest.approx((0, 1))
    assert fit.residual_sd == pytest.approx(math.sqrt(6))
    assert fit.se_w[0] == pytest.approx(math.sqrt(6 / 2))
    assert fit.se_b == pytest.approx(math.sqrt(6 / 3))
    assert fit.r2 == pytest.approx(0) and fit.loss == pytest.approx(1)


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_normal_equations(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(3, 1, (60, 4)), rng.normal(size=60)
    Z = np.column_stack([X, np.ones(60)])
    inverse = np.linalg.inv(Z.T @ Z)
    theta = inverse @ Z.T @ y
    sigma = np.sqrt(((y - Z @ theta) ** 2).sum() / (60 - 5))
    fit = theory.least_squares(X, y)
    # The normal equations square a condition number of about 10: 1e-16 becomes 1e-12.
    assert np.append(fit.w, fit.b) == pytest.approx(theta, abs=1e-11)
    errors = sigma * np.sqrt(np.diag(inverse))
    assert np.append(fit.se_w, fit.se_b) == pytest.approx(errors, rel=1e-11)


@pytest.mark.parametrize(
    "features, complaint",
    [
        (np.ones((2, 2)), "2 features and a bias need 3 examples, got 2"),
        (np.column_stack([np.arange(4), np.ones(4)]), "constant"),
        (np.column_stack([np.arange(4), 2 * np.arange(4)]), "linearly dependent"),
    ],
)
def test_unsolvable_problem_is_named(features, complaint):
    with pytest.raises(ValueError, match=complaint):
        theory.least_squares(features, np.arange(len(features)))


def test_noise_floor_is_reached():
    losses = [
        theory.least_squares(*synthetic_data([2, -3.4], 4.2, 1000, 0.01, seed)).loss
        for seed in range(20)
    ]
    # Mean sigma^2/2 (n - 3)/n; each has sd sigma^2/2 sqrt(2/n), the mean of 20 less.
    expected, sd = theory.noise_floor(0.01) * 0.997, 5e-5 * math.sqrt(2 / 1000)
    assert abs(np.mean(losses) - expected) < 5 * sd / math.sqrt(20)


@pytest.mark.parametrize("lr, batch_size", [(0.03, 10), (0.1, 10), (0.1, 1)])
def test_sgd_spread_is_seen(lr, batch_size):
    config, n = Config(lr=lr, batch_size=batch_size), 4000
    features, labels = synthetic_data([0.0], 0.0, n, 0.01, 1)
    best = theory.least_squares(features, labels)
    errors = []
    for seed in range(60):
        order = list(batch_order(n, batch_size, seed, 0))
        w, b, _ = sgd_oracle(features, labels, [0], 0, lr, [order])
        errors += [w[0] - best.w[0], b - best.b]
    seen = np.sqrt(np.mean(np.square(errors)))
    # 120 errors give their sd to 1/sqrt(240) = 6.5 %; the formula leaves out terms of
    # relative size lr (d + 1)/(2 B), and one pass never repeats an example.
    assert seen == pytest.approx(theory.sgd_spread(config, 0.01), rel=0.3)


@pytest.mark.parametrize("factor, shrinks", [(0.99, True), (1.01, False)])
def test_stable_lr_is_the_border(factor, shrinks, lecture):
    features, labels = lecture
    lr = factor * theory.largest_stable_lr(features)
    best = theory.least_squares(features, labels)
    whole = [np.arange(1000)]
    start = best.w + 1, best.b + 1
    _, _, losses = sgd_oracle(features, labels, *start, lr, [whole] * 2000)
    assert (losses[-1] < losses[0]) == shrinks


@pytest.mark.parametrize("batch_size", [1, 10, 1000])
def test_mean_square_limit_is_spectral(lecture, batch_size):
    # The same limit by brute force: the operators as matrices of Kronecker products.
    Z = np.column_stack([lecture[0], np.ones(1000)]).astype(np.float64)
    H, eye = Z.T @ Z / 1000, np.eye(3)
    fourth = np.mean([np.kron(np.outer(z, z), np.outer(z, z)) for z in Z], axis=0)
    share = (1000 - batch_size) / (999 * batch_size)  # drawn without replacement
    K = share * fourth + (1 - share) * np.kron(H, H)
    T = np.kron(H, eye) + np.kron(eye, H)
    limit = 1 / np.abs(np.linalg.eigvals(np.linalg.solve(T, K))).max()
    # Power iteration stops at a change of 1e-6, some ten times that from its end.
    found = theory.largest_stable_lr(lecture[0], batch_size)
    assert found == pytest.approx(limit, rel=1e-4)


@pytest.mark.parametrize("factor, shrinks", [(0.7, True), (1.6, False)])
def test_mean_square_limit_is_seen(factor, shrinks, lecture):
    # Mean squares are carried by rare runs: 16 seeds need room on both sides.
    lr = factor * theory.largest_stable_lr(lecture[0], 1)
    ends = []
    for seed in range(16):
        order = [list(batch_order(1000, 1, seed, 0))]
        _, _, losses = sgd_oracle(*lecture, [0, 0], 0, lr, order)
        ends.append(losses[-1])
    assert (np.mean(ends) < 1) == shrinks


def test_sampled_limit_is_that_of_what_the_array_holds_now(monkeypatch):
    X = np.random.default_rng(0).normal(size=(50, 2))
    first = theory.sampled_stable_lr(X, 5)
    assert first == theory.largest_stable_lr(X, 5)
    X *= 2
    assert theory.sampled_stable_lr(X, 5) == theory.largest_stable_lr(X, 5) < first
    monkeypatch.setattr(theory.descent, "largest_stable_lr", None)  # not asked again
    assert theory.sampled_stable_lr(X / 2, 5) == first
    with pytest.raises(TypeError):
        theory.sampled_stable_lr(X, 6)


def test_dependent_columns_have_limit():
    X = np.random.default_rng(0).normal(size=(50, 2))
    X = np.column_stack([X, X.sum(axis=1)])
    assert 0 < theory.largest_stable_lr(X, 5) < theory.largest_stable_lr(X)


def test_tolerance_adds_its_parts():
    config = Config(lr=0.1, batch_size=10, num_epochs=3)
    tolerance = theory.recovery_tolerance(config, 0.01, [2, -3.4], 4.2, 1000)
    # Fourth moments of a Gaussian: a batch of 10 mixes the variances of 2 w and b so.
    mixed = 0.1 * np.array([[4, 1], [2, 1]]) + 0.9 * np.eye(2)
    variances = np.linalg.solve(2 * np.eye(2) - 0.1 * mixed, [1, 1])
    spread = 0.01 * math.sqrt(0.1 / 10 * variances.max())
    assert spread == pytest.approx(0.01 * math.sqrt(0.1 / (10 * 1.9)), rel=0.02)
    smallest_step = 2**-23 / 0.2 * math.sqrt(4 + 3.4**2 + 4.2**2)
    exact = 5 * spread + smallest_step + 0.05 / math.sqrt(1000)
    assert tolerance == pytest.approx(exact, rel=1e-4)  # 0.9^300 is nothing


@pytest.mark.parametrize("lr, defined", [(1.4, True), (1.5, False), (1.9, False)])
def test_tolerance_ends_at_the_stable_rate(lr, defined):
    # For X ~ N(0, I), d = 2 and batches of 10 that is 1.45.
    found = theory.recovery_tolerance(Config(lr=lr), 0.01, [2, -3.4], 4.2, 1000)
    assert math.isfinite(found) == defined


def test_tolerance_beyond_stability():
    assert theory.recovery_tolerance(Config(lr=2.0), 0.01, [1], 0, 100) == math.inf


def test_surely_stable_is_never_wrong(lecture):
    largest = (lecture[0] ** 2).sum(axis=1).max() + 1
    assert theory.surely_stable(lecture[0], 1.999 / largest)
    assert not theory.surely_stable(lecture[0], 2.001 / largest)
    assert 2 / largest < theory.largest_stable_lr(lecture[0], 1)


def test_least_squares_in_blocks(monkeypatch):
    X, y = np.random.default_rng(0).standard_normal((2, 50, 4)), None
    X, y = X[0] + 10, X[1, :, 0]
    whole = theory.least_squares(X, y)
    monkeypatch.setattr(theory.sums, "BLOCK", 6)
    parts = theory.least_squares(X, y)
    # another order of the same float64 sums
    assert np.allclose(parts.w, whole.w, rtol=1e-12, atol=1e-14)
    assert parts.residual_sd == pytest.approx(whole.residual_sd, rel=1e-12)


def test_dependencies_are_found():
    a, b, c = np.random.default_rng(0).standard_normal((3, 40)) * [[1], [1e6], [1e-3]]
    flat = np.full(40, 2.5)
    columns = [a, b, 3 * a - b + 5, flat, c, c * 1e9]
    found = theory.dependencies(np.column_stack(columns))
    assert found == {3: [], 2: [0, 1], 5: [4]}
    assert theory.dependencies(np.column_stack([a, b, c])) == {}


def test_near_repeats_share_their_variance():
    a, b, c, noise = np.random.default_rng(0).standard_normal((4, 500))
    columns = np.column_stack([a, 1e6 * b, c + 5, a + 1e-3 * noise])
    exact = theory.least_squares(columns, b)
    number, named = theory.near_repeats(exact.root)
    S = (columns - exact.mean) / exact.scale
    # float64 on a condition number of 4e6
    assert number == pytest.approx(np.linalg.cond(S) ** 2, rel=1e-6)
    assert named == [0, 3]
    assert theory.near_repeats(theory.least_squares(columns[:, :3], b).root)[1] == []
