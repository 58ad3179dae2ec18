"""Data-parallel training: each worker walks its part of every batch of one machine.

Each worker owns the rows that it was given alone, or of n rows that all were given,
worker r of N, those from n r // N on, up to the next worker's; its share of a batch is
what it owns of it. Added up over the workers by MXNet's parameter server, the gradients
are those of the whole batch: so the steps are one machine's, to rounding. The shares of
a batch differ in size by chance (500 +- 16 of 1000 for 2 workers), and some are empty.
"""

import numpy as np

from .. import concise
from ..compat import classic_arrays, mx
from ..config import Config, Fit, Watch
from ..data import batch_order, check_data, check_start
from ..fused import start_vector
from ..guard import guarded
from ..scratch import Averaging
from ..theory import blocks
from . import costs, gram
from .worker import Single, Worker, connect

nd = mx.nd


def share(indices, owned):
    """Return a worker's share of a batch: positions among the rows that it owns.

    indices: int64 (B,), a batch of batch_order. owned: a slice of all rows. Returns
    int64 (B_r,), in the batch's order, perhaps empty.
    """
    mine = (indices >= owned.start) & (indices < owned.stop)
    return indices[mine] - owned.start


class Shares:
    """A worker's rows and its epochs: like a DataLoader, but with the batch's size."""

    def __init__(self, data, config, worker):
        self.worker, self.config, self.data = worker, config, data
        self.num_examples = worker.num_examples or len(data[0])
        self.owned = worker.owned(self.num_examples)
        if worker.num_examples is not None:
            self.owned = slice(worker.first, worker.first + len(data[0]))
        else:
            self.data = [array[self.owned] for array in data]

    def epoch(self, epoch):
        """Yield (X, y, B): NDArrays (B_r, d), (B_r,), and the whole batch's size."""
        config = self.config
        order = self.num_examples, config.batch_size, config.seed, epoch
        for indices in batch_order(*order):
            mine = share(indices, self.owned)
            X, y = (nd.from_numpy(array[mine]) for array in self.data)
            yield X, y, len(indices)

    def mean_loss(self, net, loss):
        """Return the mean loss over the rows of all workers, the same on each."""
        n, total = len(self.data[0]), 0.0
        whole = not isinstance(self.data[0], np.memmap)  # for concise's very bits
        for rows in [slice(n)] * (n > 0) if whole else blocks(n):
            parts = [array[rows] for array in self.data]
            X, y = (nd.array(array, dtype=array.dtype) for array in parts)
            total += float(loss(net(X), y).mean().asscalar()) * len(y)
        return float(self.worker.sum(total / self.num_examples))


def gradient(net_with_loss, params, X, y):
    """Return the gradients of a share's summed loss, of all parameters in one array.

    An empty share has gradient zero, and takes part in the exchange like any other.
    """
    if not len(y):
        return nd.zeros(sum(p.data().size for p in params), dtype=y.dtype)
    with mx.autograd.record():
        l = net_with_loss(X, y)
    l.backward()
    return nd.concat(*(p.grad().reshape(-1) for p in params), dim=0)


def update(params, total, batch_size, lr, weight_decay=0.0):
    """Take one step of SGD in place: param -= lr * (its part of total) / batch_size."""
    done = 0
    for param in params:
        weight = param.data()
        part = total[done : done + weight.size].reshape(weight.shape)
        nd.sgd_update(weight, part, out=weight, lr=lr, wd=weight_decay * param.wd_mult,
                      rescale_grad=1 / batch_size)  # fmt: skip
        done += weight.size


FORMS = "gram", "step"


@classic_arrays
@guarded
def train(features, labels, config=Config(), *, kvstore, form=None, **options):
    """Train as one worker of many and return the Fit, the same on each.

    Data, config, options (start, on_epoch), result and errors are those of
    scratch.train. Every worker is given the whole data, from the same source, and keeps
    the rows that it owns; or those alone, if its Worker says so. kvstore: "dist_sync",
    a KVStore or a Worker, or None for one worker without any; on_epoch is called on
    each worker. form: "gram", one exchange for a block of steps; "step", one for each,
    in Gluon; None, the cheaper by costs.measured in its first training. The Worker
    keeps its ``form`` and ``costs``. Data on disk (np.memmap) stay there: batches are
    gathered from there.
    """
    if kvstore is None:
        kvstore, form = Single(), form or "gram"
    if form not in (None, *FORMS):
        raise ValueError(f"form must be one of {FORMS} or None, got {form!r}")
    check_data(features, labels)
    worker = kvstore if isinstance(kvstore, Worker) else Worker(connect(kvstore))
    shares = Shares((features, labels), config, worker)
    place = shares.owned.start, worker.size
    data = gram.Epochs(*shares.data, config, shares.num_examples, place)
    if form is None and worker.costs is None:
        worker.costs = costs.measured(worker, data)
    worker.form, before = form or worker.costs.choose(data), worker.traffic
    if worker.form == "gram":
        fit = walk_blocks(data, config, worker, **options)
    else:
        fit = walk_steps(shares, config, worker, **options)
    worker.spent = tuple(np.subtract(np.add(worker.spent, worker.traffic), before))
    return fit


def walk_blocks(data, config, worker, *, start=None, on_epoch=None):
    """Train with one exchange a block; data: a gram.Epochs."""
    start = check_start(start, data.size - 2)
    t = start_vector(start, data.size - 2, config, data.dtype)
    losses = list(start.losses) if start is not None else []
    watch = Watch(*data.rows, config, on_epoch, everyone=worker)
    t = gram.walk(data, t, worker, losses=losses, watch=watch)
    return Fit(t[:-2].copy(), float(t[-2]), tuple(losses))


def walk_steps(shares, config, worker, *, start=None, on_epoch=None):
    """Train with one exchange a step, in Gluon; shares: of this worker."""
    features, loss = shares.data[0], mx.gluon.loss.L2Loss()
    start = check_start(start, features.shape[1])
    net = concise.linear_net(config.seed, start, features.dtype)  # alike on all
    net(nd.zeros((1, features.shape[1]), dtype=features.dtype))  # draws the weights
    net_with_loss = concise.NetWithLoss(net, loss)
    net_with_loss.hybridize()  # not static: shares differ in size
    params = list(net.collect_params().values())
    watch = Watch(*shares.data, config, on_epoch, everyone=worker)
    losses = list(start.losses) if start is not None else []
    averaging = Averaging(config, len(losses))
    for epoch in range(len(losses), len(losses) + config.num_epochs):
        before = worker.traffic
        rates = config.lr_at(epoch), config.weight_decay
        for X, y, batch_size in shares.epoch(epoch):
            total = worker.sum_gradient(gradient(net_with_loss, params, X, y))
            update(params, total, batch_size, *rates)
            averaging.add(concise.parameters(net), epoch)
            worker.marks.tell()
        averaging.settle(concise.parameters(net), epoch)
        mean = shares.mean_loss(net, loss)
        worker.an_epoch = tuple(np.subtract(worker.traffic, before))
        watch.end_epoch(losses, mean)
    w, b = net[0].weight.data().asnumpy(), net[0].bias.data().asscalar()
    return Fit(w.ravel(), float(b), tuple(losses))
