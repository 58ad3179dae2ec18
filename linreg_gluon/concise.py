"""Part 2 of the lecture: the same model with Gluon's data, layers, loss and trainer."""

import math

import numpy as np

from .compat import mx
from .config import Fit, end_epoch
from .data import batch_order, check_data, check_start

autograd, gluon, init, nd = mx.autograd, mx.gluon, mx.init, mx.nd
nn = gluon.nn


class BatchOrder(gluon.data.Sampler):
    """The batches of data.batch_order for a DataLoader; set ``epoch`` before each pass.

    Each item is a list of one index array, so that the data set is asked once for the
    whole batch instead of once for each of its examples.
    """

    def __init__(self, num_examples, batch_size, seed):
        self.args, self.epoch = (num_examples, batch_size, seed), 0

    def __iter__(self):
        return ([indices] for indices in batch_order(*self.args, self.epoch))

    def __len__(self):
        num_examples, batch_size, _ = self.args
        return math.ceil(num_examples / batch_size)


def batchify(samples):
    """Return a gathered NumPy batch as NDArrays X (B, d) and y (B,), without a copy.

    Safe because the gather made these arrays for this batch alone.
    """
    (batch,) = samples
    return [nd.from_numpy(array) for array in batch]


def data_loader(features, labels, order):
    """Return the DataLoader (step 12): ``for X, y in loader`` is one epoch.

    features (n, d) and labels (n,) are NumPy arrays: indexing them with a batch's
    indices is one gather, where NDArrays cost a slice per example and a stack. order is
    a BatchOrder.
    """
    dataset = gluon.data.ArrayDataset(features, labels)
    return gluon.data.DataLoader(dataset, batch_sampler=order, batchify_fn=batchify)


def linear_net(seed, start=None, dtype="float32"):
    """Return the initialised network (steps 13 and 14): one Dense layer, output size 1.

    The input size is inferred at the first forward, and the weights are drawn then:
    N(0, 0.01^2) from seed, bias 0. A start (Fit) sets both instead.
    """
    net = nn.HybridSequential()
    net.add(nn.Dense(1, dtype=dtype))
    mx.random.seed(seed)
    net.initialize(init.Normal(0.01))
    if start is not None:
        w, b = np.asarray(start.w, dtype=dtype), np.asarray([start.b], dtype=dtype)
        net[0].weight.set_data(nd.array(w.reshape(1, -1), dtype=dtype))
        net[0].bias.set_data(nd.array(b, dtype=dtype))
    return net


class NetWithLoss(gluon.HybridBlock):
    """(X, y) -> one loss per example; hybridised, the two compile into one graph."""

    def __init__(self, net, loss):
        super().__init__()
        self.net, self.loss = net, loss

    def hybrid_forward(self, F, X, y):
        return self.loss(self.net(X), y)


def train_epoch(loader, net_with_loss, trainer):
    """Walk one epoch: the lecture's loop, in Gluon (step 17)."""
    for X, y in loader:
        with autograd.record():
            l = net_with_loss(X, y)
        l.backward()
        trainer.step(len(y))


def train(features, labels, config, *, start=None, on_epoch=None, kvstore=None):
    """Train with DataLoader, Dense, L2Loss and Trainer and return a Fit.

    Arguments, result and errors are those of scratch.train, and so are the batches, the
    initial weights and hence the numbers, to float32 rounding. kvstore: None, or what
    this process needs to be one worker of many (distributed.train).
    """
    if kvstore is not None:
        from .distributed import train as train_share  # it stands on this room

        told = {"kvstore": kvstore, "start": start, "on_epoch": on_epoch}
        return train_share(features, labels, config, **told)
    check_data(features, labels)
    start = check_start(start, features.shape[1])
    order = BatchOrder(len(features), config.batch_size, config.seed)
    loader = data_loader(features, labels, order)
    data = [nd.array(array, dtype=array.dtype) for array in (features, labels)]
    net, loss = linear_net(config.seed, start, features.dtype), gluon.loss.L2Loss()
    net_with_loss = NetWithLoss(net, loss)
    net_with_loss.hybridize(static_alloc=True, static_shape=True)
    params = net.collect_params()
    trainer = gluon.Trainer(params, "sgd", {"learning_rate": config.lr})  # step 16
    losses = list(start.losses) if start is not None else []
    for order.epoch in range(len(losses), len(losses) + config.num_epochs):
        train_epoch(loader, net_with_loss, trainer)
        train_l = loss(net(data[0]), data[1]).mean().asscalar()
        end_epoch(losses, train_l, features, config, on_epoch)
    w, b = net[0].weight.data().asnumpy(), net[0].bias.data().asscalar()
    return Fit(w.ravel(), float(b), tuple(losses))
