"""Part 2 of the lecture: the same model with Gluon's data, layers, loss and trainer."""

import math

import numpy as np

from .compat import classic_arrays, in_bulk, mx, short_collections
from .config import Config, Fit, Watch
from .data import check_data, check_start, epoch_order, examples_at_once
from .guard import guarded
from .normal import NormalGenerator
from .scratch import Averaging, borrowed

autograd, gluon, init, nd = mx.autograd, mx.gluon, mx.init, mx.nd
nn = gluon.nn


class Batches(gluon.data.Dataset):
    """The batches of data.batch_order for a DataLoader (step 12): item i is batch i.

    features (n, d) and labels (n,) are NumPy arrays. Call ``shuffle`` before each pass;
    without it the order is that of epoch 0.
    It takes many batches at once, mostly all of the epoch, and a batch is a slice of
    that; a DataLoader left to itself takes example after example and stacks them.
    """

    def __init__(self, features, labels, batch_size, seed):
        self.dataset = gluon.data.ArrayDataset(features, labels)
        self.batch_size, self.seed = batch_size, seed
        self.many = examples_at_once(features, batch_size)
        self.shuffle(0)

    def shuffle(self, epoch):
        """Put the examples into the order of an epoch, counted from 0."""
        self.order = epoch_order(len(self.dataset), self.seed, epoch)
        self.first = self.X = self.y = None

    def take(self, first):
        """Take many examples, from the one at place first of the order on."""
        self.X = self.y = None  # those before make room
        # NumPy gathers an array of rows at once, and MXNet takes over the result
        rows = self.order[first : first + self.many]
        self.X, self.y = map(nd.from_numpy, self.dataset[rows])
        self.first = first

    def __getitem__(self, i):
        if not 0 <= i < len(self):
            raise IndexError(i)  # ends ``for X, y in batches``
        first, i = divmod(i * self.batch_size, self.many)
        if first * self.many != self.first:
            self.take(first * self.many)
        return self.X[i : i + self.batch_size], self.y[i : i + self.batch_size]

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)


def data_loader(batches):
    """Return the DataLoader of Batches: ``for X, y in loader`` is one epoch.

    X (B, d) and y (B,). Its own batch size is 1, for an item is a batch already.
    """
    with short_collections():
        return gluon.data.DataLoader(batches, batch_size=1, batchify_fn=only)


def only(samples):
    """Return the one item that a list holds."""
    (batch,) = samples
    return batch


class SeededNormal(init.Normal):
    """init.Normal(sigma) after mx.random.seed(seed), to the bit.

    But it draws from a generator of its own: a caller's draws go on undisturbed.
    """

    def __init__(self, sigma, seed):
        super().__init__(sigma)
        self.seed = seed

    def _init_weight(self, name, arr):
        normal = NormalGenerator(self.seed).normal
        arr[:] = normal(self.sigma, arr.shape, np.dtype(arr.dtype))


def linear_net(seed, start=None, dtype="float32"):
    """Return the initialised network (steps 13 and 14): one Dense layer, output size 1.

    The input size is inferred at the first forward, and the weights are drawn then:
    N(0, 0.01^2) from seed, bias 0. A start (Fit) sets both instead.
    """
    net = nn.HybridSequential()
    net.add(nn.Dense(1, dtype=dtype))
    net.initialize(SeededNormal(0.01, seed))
    net[0].bias.wd_mult = 0.0  # weight decay is not for it
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


def parameters(net):
    """Return the net's [w, b] as they are, NDArrays (1, d) and (1,)."""
    return [net[0].weight.data(), net[0].bias.data()]


def train_epoch(loader, net_with_loss, trainer, after_step=None):
    """Walk one epoch: the lecture's loop, in Gluon (step 17)."""
    for X, y in loader:
        with autograd.record():
            l = net_with_loss(X, y)
        l.backward()
        trainer.step(len(y))
        if after_step:
            after_step()


@classic_arrays
@in_bulk
@guarded
def train(features, labels, config=Config(), *, start=None, on_epoch=None):
    """Train with DataLoader, Dense, L2Loss and Trainer and return a Fit.

    Arguments, result and errors are those of scratch.train, and so are the batches, the
    initial weights and hence the numbers, to float32 rounding.
    """
    check_data(features, labels)
    start = check_start(start, features.shape[1])
    batches = Batches(features, labels, config.batch_size, config.seed)
    loader = data_loader(batches)
    data = borrowed(features), borrowed(labels)
    net, loss = linear_net(config.seed, start, features.dtype), gluon.loss.L2Loss()
    net_with_loss = NetWithLoss(net, loss)
    net_with_loss.hybridize(static_alloc=True, static_shape=True)
    for alone in (net, loss):  # sees all examples at once, whose memory is not to stay
        alone.hybridize()
    params = net.collect_params()
    told = {"learning_rate": config.lr, "wd": config.weight_decay}
    trainer = gluon.Trainer(params, "sgd", told)  # step 16
    watch = Watch(features, labels, config, on_epoch)
    losses = list(start.losses) if start is not None else []
    averaging = Averaging(config, len(losses))

    def add():
        averaging.add(parameters(net), epoch)

    for epoch in range(len(losses), len(losses) + config.num_epochs):
        batches.shuffle(epoch)
        trainer.set_learning_rate(config.lr_at(epoch))
        train_epoch(loader, net_with_loss, trainer, add if config.average else None)
        averaging.settle(parameters(net), epoch)
        train_l = loss(net(data[0]), data[1]).mean().asscalar()
        watch.end_epoch(losses, train_l)
    w, b = net[0].weight.data().asnumpy(), net[0].bias.data().asscalar()
    return Fit(w.ravel(), float(b), tuple(losses))
