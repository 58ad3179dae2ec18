"""The Gluon pieces: the loader's batches, deferred initialisation, one graph."""

import numpy as np
import pytest

from linreg_gluon import Config, Fit, batch_order, concise
from linreg_gluon.compat import mx


def test_loader_follows_order(lecture):
    features, labels = lecture
    batches = concise.Batches(features, labels, 300, 5)
    loader = concise.data_loader(batches)
    batches.shuffle(2)
    seen = list(loader)
    assert len(seen) == len(loader) == 4
    for (X, y), rows in zip(seen, batch_order(1000, 300, 5, 2)):
        assert np.array_equal(X.asnumpy(), features[rows])
        assert np.array_equal(y.asnumpy(), labels[rows])


def test_loader_copies_data(lecture):
    features, labels = lecture
    batches = concise.Batches(features, labels, 10, 0)
    batches.shuffle(0)
    X, _ = next(iter(concise.data_loader(batches)))
    X[:] = 0  # a batch shares no memory with the data it came from
    assert not (features == 0).any() and features.flags.writeable


def test_input_size_is_deferred():
    net = concise.linear_net(0)
    with pytest.raises(mx.gluon.parameter.DeferredInitializationError):
        net[0].weight.data()
    net(mx.nd.ones((5, 3)))
    assert net[0].weight.shape == (1, 3) and net[0].bias.data().asscalar() == 0


def test_start_sets_parameters():
    net = concise.linear_net(0, Fit(np.array([1, 2, 3]), 0.5))
    assert net(mx.nd.array([[1, 1, 1]])).asscalar() == 6.5


def test_hybridised_loss_is_plain_loss():
    net, l2_loss = concise.linear_net(3), mx.gluon.loss.L2Loss()
    both = concise.NetWithLoss(net, l2_loss)
    both.hybridize(static_alloc=True, static_shape=True)
    for size in (4, 3, 4):  # a short batch, and back
        X, y = mx.nd.random.normal(shape=(size, 2)), mx.nd.random.normal(shape=size)
        plain = ((net(X).reshape(-1) - y) ** 2 / 2).asnumpy()
        # The same float32 operations, perhaps fused: 2 ulp of values of about 1.
        assert both(X, y).asnumpy() == pytest.approx(plain, rel=1e-6, abs=1e-6)


def test_hybrid_network_exports(lecture, tmp_path):
    net = concise.linear_net(0)
    net.hybridize()
    net(mx.nd.ones((1, 2)))
    net.export(str(tmp_path / "net"))
    assert (tmp_path / "net-0000.params").exists()
    assert concise.train(*lecture, Config(num_epochs=1)).w.shape == (2,)


def test_batches_are_a_data_set_at_once(lecture):
    batches = concise.Batches(*lecture, 300, 0)
    seen = [(X.asnumpy(), y.asnumpy()) for X, y in batches]
    wanted = list(batch_order(1000, 300, 0, 0))
    assert len(seen) == len(batches) == 4
    for (X, y), rows in zip(seen, wanted):
        assert np.array_equal(X, lecture[0][rows]) and np.array_equal(y, lecture[1][rows])
