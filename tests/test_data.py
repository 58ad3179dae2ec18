"""The data's form and statistics; batch order as a pure function; what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_gluon import Fit, batch_order, synthetic_data
from linreg_gluon.data import check_data, check_start

sizes = st.integers(1, 300)
seeds = st.integers(0, 2**31 - 1)


def test_shapes_and_dtypes(lecture):
    features, labels = lecture
    assert (features.shape, labels.shape) == ((1000, 2), (1000,))
    assert features.dtype == labels.dtype == np.float32


def test_same_seed_same_data():
    one, two = (synthetic_data([1], 0, 50, 0.1, 7) for _ in range(2))
    other = synthetic_data([1], 0, 50, 0.1, 8)
    assert np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1])
    assert not np.array_equal(one[0], other[0])


def test_stream_is_pinned():
    # The same on every NumPy from 1.19 to 1.26: resumed runs and the README rely on it.
    features, _ = synthetic_data([2, -3.4], 4.2, 1, 0.01, 0)
    assert features[0].tolist() == pytest.approx([1.1176220, -1.3871249], abs=1e-6)
    order = [batch.tolist() for batch in batch_order(10, 4, 3, 1)]
    assert order == [[4, 1, 2, 8], [5, 0, 7, 9], [6, 3]]


@pytest.mark.parametrize("seed", range(20))
def test_noise_has_its_size(seed):
    n, sigma = 4000, 0.5
    features, labels = synthetic_data([2, -3.4], 4.2, n, sigma, seed)
    residual = labels - (features @ np.array([2, -3.4]) + 4.2)
    # An sd from n samples has a relative sd of 1/sqrt(2n); a mean, of sigma/sqrt(n).
    assert abs(residual.std() / sigma - 1) < 5 / np.sqrt(2 * n)
    assert abs(residual.mean()) < 5 * sigma / np.sqrt(n)


def test_no_noise_is_exact():
    features, labels = synthetic_data([2, -3.4], 4.2, 100, 0, 0)
    exact = features.astype(np.float64) @ [2, -3.4] + 4.2
    assert np.array_equal(labels, exact.astype(np.float32))


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (([], 0, 10, 0.1, 0), "true_w must be"),
        (([[1]], 0, 10, 0.1, 0), "true_w must be"),
        (([np.nan], 0, 10, 0.1, 0), "true_w must be"),
        (([1], np.inf, 10, 0.1, 0), "true_b must be finite, got inf"),
        (([1], 0, 0, 0.1, 0), "num_examples must be at least 1, got 0"),
        (([1], 0, 10, -1, 0), "noise_sd must be finite and at least 0, got -1"),
        (([1], 0, 10, 0.1, -1), "seed must be at least 0, got -1"),
    ],
)
def test_bad_synthetic_argument_named(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        synthetic_data(*arguments)


@given(n=sizes, batch_size=st.integers(1, 400), seed=seeds, epoch=st.integers(0, 99))
def test_every_example_once(n, batch_size, seed, epoch):
    batches = list(batch_order(n, batch_size, seed, epoch))
    assert np.array_equal(np.sort(np.concatenate(batches)), np.arange(n))
    assert all(len(batch) == batch_size for batch in batches[:-1])
    assert 1 <= len(batches[-1]) <= batch_size


def test_value_far_down_is_named():
    features, labels = synthetic_data([1, 2], 0, 70000, 0.1, 0)  # several blocks of rows
    features[65000, 1] = np.nan
    with pytest.raises(ValueError, match=r"got nan at \[65000, 1\]"):
        check_data(features, labels)
    features[65000, 1], labels[40000] = 0, np.inf
    with pytest.raises(ValueError, match=r"labels must be .* got inf at \[40000\]"):
        check_data(features, labels)


@given(n=sizes, seed=seeds, epoch=st.integers(0, 99))
def test_order_is_pure(n, seed, epoch):
    one = np.concatenate(list(batch_order(n, 7, seed, epoch)))
    np.random.rand()  # what else is drawn in between must not matter
    assert np.array_equal(one, np.concatenate(list(batch_order(n, 100, seed, epoch))))


def test_epochs_and_seeds_differ():
    orders = {
        tuple(np.concatenate(list(batch_order(50, 10, seed, epoch))))
        for seed in range(4)
        for epoch in range(4)
    }
    assert len(orders) == 16


@pytest.mark.parametrize("n, batch_size", [(0, 1), (5, 0), (5, 2.5), (5, -1)])
def test_bad_order_arguments(n, batch_size):
    with pytest.raises(ValueError, match="must be"):
        batch_order(n, batch_size, 0, 0)


X, y = np.ones((4, 2), np.float32), np.ones(4, np.float32)
hole = X.copy()
hole[2, 1] = np.nan


@pytest.mark.parametrize(
    "features, labels, complaint",
    [
        ([[1.0]], y, "features must be a NumPy array, got list"),
        (X.astype(int), y, "features must be float32 or float64, got int64"),
        (X, y.astype(np.float64), "labels is float64, features is float32"),
        (X[0], y, r"features must have shape \(n, d\) .* got \(2,\)"),
        (X, y.reshape(-1, 1), r"labels must have shape \(n,\) .* got \(4, 1\)"),
        (X[:0], y[:0], r"features must have shape .* got \(0, 2\)"),
        (X[:, :0], y, r"features must have shape .* got \(4, 0\)"),
        (X, y[:3], "labels has 3 rows, features has 4"),
        (hole, y, r"features must be finite, got nan at \[2, 1\]"),
        (X, y * np.float32(np.inf), r"labels must be finite, got inf at \[0\]"),
    ],
)
def test_bad_data_is_named(features, labels, complaint):
    with pytest.raises(ValueError, match=complaint):
        check_data(features, labels)


@pytest.mark.parametrize(
    "start, complaint",
    [
        (3, "start must be a Fit or"),
        (([1], 0, (), 4), "start must be a Fit or"),
        (("ab", 0), "start must be a Fit or"),
        (([1], 0), "start's w must be 2 finite numbers"),
        (([1, np.nan], 0), "start's w must be 2 finite numbers"),
        (([1, 2], [0]), "start's b must be one finite number"),
        (([1, 2], np.inf), "start's b must be one finite number"),
    ],
)
def test_bad_start_is_named(start, complaint):
    with pytest.raises(ValueError, match=complaint):
        check_start(start, 2)


def test_start_may_be_fit():
    fit = Fit(np.zeros(2), 0.0, (1.0,))
    assert check_start(fit, 2) is fit and check_start(None, 2) is None
