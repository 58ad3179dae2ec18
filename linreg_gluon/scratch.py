"""Part 1 of the lecture: linear regression from scratch, on NDArray and autograd.

X is a batch of features (B, d), y its labels (B,), w is (d, 1), b is (1,).
"""

import numpy as np

from .compat import classic_arrays, in_bulk, mx
from .config import Config, Fit, Watch
from .data import check_data, check_start, epoch_order, examples_at_once
from .guard import guarded
from .normal import NormalGenerator

autograd, nd = mx.autograd, mx.nd


def data_iter(batch_size, features, labels, *, seed=0, epoch=0):
    """Yield the batches (X, y) of an epoch in the order of data.batch_order (step 3).

    features (n, d) and labels (n,) are NDArrays. The lecture takes batch after batch;
    taking many at once, mostly all of the epoch, and slicing gives the same batches.
    """
    indices = nd.array(epoch_order(len(features), seed, epoch), dtype="int32")
    many = examples_at_once(features, batch_size)
    for first in range(0, len(indices), many):
        rows = indices[first : first + many]
        X, y = features.take(rows), labels.take(rows)
        for i in range(0, len(rows), batch_size):
            yield X[i : i + batch_size], y[i : i + batch_size]


def borrowed(array):
    """Return a NumPy array as an NDArray that shares its memory: no second copy."""
    # of a view, because MXNet makes what it borrows read-only
    return nd.from_numpy(np.ascontiguousarray(array)[:])


def init_params(num_inputs, seed, dtype="float32"):
    """Return w ~ N(0, 0.01^2) of shape (num_inputs, 1) and b = 0 of (1,) (step 4).

    The numbers are those of mx.random.seed(seed); nd.random.normal(...), but a caller's
    own draws from MXNet's generator go on undisturbed.
    """
    w = NormalGenerator(seed).normal(0.01, (num_inputs, 1), dtype)
    w = nd.array(w, dtype=dtype)
    b = nd.zeros((1,), dtype=dtype)
    return w, b


def linreg(X, w, b):
    """Return the predictions X w + b, of shape (B, 1) (step 6)."""
    return nd.dot(X, w) + b


def squared_loss(y_hat, y):
    """Return (y_hat - y)^2 / 2, one loss per example, of y_hat's shape (step 7).

    Without the reshape (B, 1) minus (B,) is (B, B), silently. The sum is not divided by
    the batch size: sgd does that. Raises ValueError if the number of labels differs.
    """
    if y.size != y_hat.size:
        raise ValueError(f"{y_hat.size} predictions but {y.size} labels")
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def l2_penalty(w):
    """Return w'w / 2, of shape (1,): what weight decay adds to each example's loss."""
    return (w**2).sum() / 2


def sgd(params, lr, batch_size):
    """Take one step in place: param -= lr * grad / batch_size (step 8)."""
    for param in params:
        param -= lr / batch_size * param.grad


class Averaging:
    """The mean of a run's last iterates (Polyak and Juditsky, 1992): Config.average.

    It takes SGD's jitter out of the result. first: the run's first epoch. Without
    averaging nothing happens here.
    """

    def __init__(self, config, first):
        self.last = first + config.num_epochs - 1
        self.since = first + config.num_epochs - config.num_averaged
        self.totals, self.count = None, 0

    def add(self, params, epoch):
        """Note the iterate after a step of an epoch: a list of NDArrays."""
        if epoch < self.since:
            return
        values = [param.astype("float64") for param in params]  # sums keep their digits
        if self.totals is None:
            self.totals = [nd.zeros_like(value) for value in values]
        for total, value in zip(self.totals, values):
            total += value
        self.count += 1

    def settle(self, params, epoch):
        """Set the parameters to the mean, in place, after the last epoch."""
        if epoch == self.last and self.count:
            for param, total in zip(params, self.totals):
                param[:] = (total / self.count).astype(param.dtype)


@classic_arrays
@in_bulk
@guarded
def train(features, labels, config=Config(), *, start=None, on_epoch=None):
    """Train by mini-batch stochastic gradient descent (step 9) and return a Fit.

    features: NumPy float32 (n, d); labels: float32 (n,) (or both float64). config: a
    Config; its num_epochs more epochs are trained. start: an initial (w, b), or a Fit
    to go on from; without it w and b are initialised from config.seed. on_epoch is
    called as on_epoch(epoch, loss), epochs counting from 1.
    Raises ValueError before any work, DivergedError (config.py) when a loss is not
    finite, or above that of predicting the mean.
    """
    check_data(features, labels)
    start = check_start(start, features.shape[1])
    data = borrowed(features), borrowed(labels)
    w, b = init_params(features.shape[1], config.seed, features.dtype)
    if start is not None:
        w[:], b[:] = nd.array(start.w, dtype=w.dtype).reshape(w.shape), start.b
    for param in (w, b):
        param.attach_grad()  # step 5
    net, loss = linreg, squared_loss
    watch = Watch(features, labels, config, on_epoch)
    losses = list(start.losses) if start is not None else []
    averaging = Averaging(config, len(losses))
    for epoch in range(len(losses), len(losses) + config.num_epochs):
        for X, y in data_iter(config.batch_size, *data, seed=config.seed, epoch=epoch):
            with autograd.record():
                l = loss(net(X, w, b), y)
                if config.weight_decay:
                    l = l + config.weight_decay * l2_penalty(w)
            l.backward()
            sgd([w, b], config.lr_at(epoch), len(y))
            averaging.add([w, b], epoch)
        averaging.settle([w, b], epoch)
        train_l = loss(net(data[0], w, b), data[1]).mean().asscalar()
        watch.end_epoch(losses, train_l)
    return Fit(w.asnumpy().ravel(), float(b.asscalar()), tuple(losses))
