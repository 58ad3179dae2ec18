"""The lecture's functions one by one; the broadcast trap and the double division."""

import numpy as np
import pytest
from reference import sgd_oracle

from linreg_gluon import Config, batch_order, scratch
from linreg_gluon.compat import mx

nd = mx.nd


def test_data_iter_follows_order(lecture):
    features, labels = lecture
    arrays = nd.array(features), nd.array(labels)
    batches = scratch.data_iter(300, *arrays, seed=5, epoch=2)
    for (X, y), rows in zip(batches, batch_order(1000, 300, 5, 2)):
        assert X.shape == (len(rows), 2) and y.shape == (len(rows),)
        assert np.array_equal(X.asnumpy(), features[rows])
        assert np.array_equal(y.asnumpy(), labels[rows])


def test_data_iter_beyond_float32_integers(monkeypatch):
    # Above 2^24 float32 rounds odd indices away: the order needs an integer dtype.
    n = 2**24 + 2
    last = np.array([n - 1, n - 2])
    monkeypatch.setattr(scratch, "epoch_order", lambda *args: last)
    features = nd.arange(n, dtype="int32")
    X, _ = next(scratch.data_iter(2, features, features))
    assert X.asnumpy().tolist() == last.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_init_params_scale(seed):
    w, b = scratch.init_params(4000, seed)
    # 4000 draws give their sd to 1/sqrt(8000); five of those.
    assert w.asnumpy().std() == pytest.approx(0.01, rel=5 / np.sqrt(8000))
    assert w.shape == (4000, 1) and b.asnumpy().tolist() == [0]


def test_linreg_is_affine():
    X, w, b = nd.array([[1, 2], [3, 4]]), nd.array([[10], [100]]), nd.array([0.5])
    assert scratch.linreg(X, w, b).asnumpy().tolist() == [[210.5], [430.5]]


def test_squared_loss_per_example():
    y_hat, y = nd.array([[1], [2], [5]]), nd.array([1, 4, 2])
    loss = scratch.squared_loss(y_hat, y)
    assert loss.asnumpy().tolist() == [[0], [2], [4.5]]


def test_broadcast_trap_is_real():
    y_hat, y = nd.ones((10, 1)), nd.zeros((10,))
    assert ((y_hat - y) ** 2 / 2).shape == (10, 10)  # no error, no warning
    assert scratch.squared_loss(y_hat, y).shape == (10, 1)


def test_trap_trains_to_mean(lecture, monkeypatch):
    # What the lecturer warns of: over all pairs the best prediction is mean(y), w = 0.
    monkeypatch.setattr(scratch, "squared_loss", lambda y_hat, y: (y_hat - y) ** 2 / 2)
    fit = scratch.train(*lecture, Config(lr=0.003))
    # Batches of 10 estimate mean(y) with an sd of 3.9 sqrt(0.03 / 2 / 10) = 0.15.
    assert fit.b == pytest.approx(lecture[1].mean(), abs=5 * 0.15)
    assert np.abs(fit.w).max() < 5 * 0.15


@pytest.mark.parametrize("shape", [(9,), (10, 10), (1,)])
def test_label_count_must_match(shape):
    y = nd.ones(shape)
    with pytest.raises(ValueError, match=f"10 predictions but {y.size} labels"):
        scratch.squared_loss(nd.ones((10, 1)), y)


def test_gradient_is_analytic(lecture):
    X, y = lecture[0][:10], lecture[1][:10]
    w, b = scratch.init_params(2, 0)
    for param in (w, b):
        param.attach_grad()
    with mx.autograd.record():
        loss = scratch.squared_loss(scratch.linreg(nd.array(X), w, b), nd.array(y))
    loss.backward()
    residual = X.astype(np.float64) @ w.asnumpy().ravel() - y
    expected = np.append(X.T @ residual, residual.sum()) / 10
    ours = np.append(w.grad.asnumpy(), b.grad.asnumpy()) / 10
    # Ten float32 terms of size up to 30: ten roundings of 30 * 6e-8.
    assert ours == pytest.approx(expected, abs=2e-5)


def test_sgd_divides_in_place():
    param = nd.array([1.0, 2.0])
    param.attach_grad()
    buffer = param.grad
    for slope, expected in ((10, [0, 1]), (5, [-0.5, 0.5])):
        with mx.autograd.record():
            loss = slope * param
        loss.backward()
        scratch.sgd([param], 0.5, 5)
        assert param.asnumpy().tolist() == expected
        # The buffer that attach_grad made is still the one that backward fills.
        assert buffer.asnumpy().tolist() == [slope, slope]


def test_dividing_twice_is_caught(lecture, monkeypatch):
    # The mean of the loss and then the batch size again: the steps are 10 times short.
    once = scratch.squared_loss
    monkeypatch.setattr(scratch, "squared_loss", lambda *args: once(*args).mean())
    fit = scratch.train(*lecture, Config())
    assert abs(fit.w[1] + 3.4) > 0.1 and fit.losses[-1] > 1


def test_short_batch_own_size():
    # One epoch of 7 in batches of 5: the second step must divide by 2.
    rng = np.random.default_rng(0)
    X, y = rng.random((7, 1), np.float32), rng.random(7, np.float32)
    order = [list(batch_order(7, 5, 0, 0))]
    w, b, _ = sgd_oracle(X, y, [0], 0, 0.5, order)
    fit = scratch.train(X, y, Config(0.5, 1, 5), start=([0], 0))
    assert np.append(fit.w, fit.b) == pytest.approx(np.append(w, b), abs=1e-6)
