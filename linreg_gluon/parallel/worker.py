"""Data-parallel training: each worker walks its part of every batch of one machine.

Worker r of N owns the rows r, r + N, r + 2N, ... and its share of a batch is what it
owns of it. Added up over the workers by MXNet's parameter server, the gradients are
those of the whole batch: so the steps are one machine's, to rounding. The shares of a
batch differ in size by chance (500 +- 16 of 1000 for 2 workers), and some are empty.
"""

import atexit
import os
import sys
import time
import traceback

import numpy as np

from .. import concise
from ..compat import mx
from ..config import Fit, InputError, end_epoch
from ..data import batch_order, check_data, check_start
from .launcher import MARK

nd = mx.nd
_keys = iter(range(2**31))  # the server knows an array by its key, and for ever


def share(indices, rank, num_workers):
    """Return a worker's share of a batch: positions among the rows that it owns.

    indices: int64 (B,), a batch of batch_order. Returns int64 (B_r,), in the batch's
    order, perhaps empty. Every index is in the share of exactly one rank.
    """
    return indices[indices % num_workers == rank] // num_workers


def connect(kvstore):
    """Return the KVStore of a name; one that is given already is returned as it is.

    From then on an exception that nobody catches ends this process at once: an orderly
    exit would wait for the other workers, and they wait for this one. Raises InputError
    for another store than dist_sync, and where no launcher started this process.
    """
    if not isinstance(kvstore, str):
        return kvstore
    if kvstore != "dist_sync":
        raise InputError(f"--kvstore must be dist_sync, got {kvstore}")
    if "DMLC_PS_ROOT_URI" not in os.environ:
        raise InputError(
            "--kvstore dist_sync is for the workers of a job: type  "
            "python scripts/launch.py -n 2 -- python scripts/train_gluon.py ..."
        )
    sys.excepthook = leave
    kv = mx.kv.create(kvstore)
    atexit.register(close, kv)  # before MXNet's own: whoever still holds the store
    return kv


def close(kv):
    """Take leave of the other workers; without it the end of a process may abort."""
    kv.__del__()
    kv.handle = None  # so that nothing is freed again


class Worker:
    """This process as one worker of a job, as theory.Alone is the only one.

    num_examples: of all workers together, where each is given its own rows alone; None
    where each is given the whole data.
    """

    def __init__(self, kv):
        self.kv, self.rank, self.size = kv, kv.rank, kv.num_workers
        self.num_examples, self.exchanges, self.marks = None, {}, Marks()

    def owned(self, num_examples):
        """Return the slice of so many rows that this worker owns."""
        return slice(self.rank, num_examples, self.size)

    def exchange(self, shape):
        """Return the Exchange for a shape, always the same one."""
        if shape not in self.exchanges:
            self.exchanges[shape] = Exchange(self.kv, shape)
        return self.exchanges[shape]

    def sum(self, array):
        """Return the sum over all workers of a float64 array, the same bits to all.

        A number travels as four of 16 bits, which float32 holds exactly, in a place of
        its own, which the others leave 0; and each worker adds up by rank.
        """
        array = np.asarray(array, np.float64)
        sent = np.zeros((self.size, 4 * array.size), np.float32)
        sent[self.rank] = array.ravel().view(np.uint16)
        received = self.exchange(sent.shape).sum(nd.array(sent)).asnumpy()
        return sum(received.astype(np.uint16).view(np.float64)).reshape(array.shape)

    def sum_gradient(self, array):
        """Return the sum over all workers of an NDArray (k,), float32 or float64."""
        if array.dtype == np.float64:
            return nd.array(self.sum(array.asnumpy()), dtype="float64")
        return self.exchange(array.shape).sum(array)


def join(kvstore):
    """Return this process as a Worker of the job; errors as connect's."""
    return Worker(connect(kvstore))


def leave(*exception):
    """Print the traceback and end the process without waiting for the others."""
    traceback.print_exception(*exception)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


class Exchange:
    """Sums a float32 array over the workers: all call, and all get the sum.

    shape: of the array. Each has a key of its own at the server. seconds: spent waiting
    in it. There is none for float64: whether the server keeps that as float32 is up to
    a flag (multi_precision_, in kvstore_dist_server.h) which MXNet leaves unset.
    """

    def __init__(self, kv, shape):
        self.kv, self.key, self.seconds = kv, next(_keys), 0.0
        self.total = nd.zeros(shape)
        kv.init(self.key, self.total)  # rank 0 sends it, and all meet at a barrier

    def sum(self, array):
        """Return the sum; the array that it is in is used again by the next call."""
        start = time.perf_counter()
        self.kv.push(self.key, array)
        self.kv.pull(self.key, out=self.total)
        self.total.wait_to_read()  # no worker runs ahead of what it has been told
        self.seconds += time.perf_counter() - start
        return self.total


class Shares:
    """A worker's rows and its epochs: like a DataLoader, but with the batch's size."""

    def __init__(self, data, config, worker):
        self.worker, self.config, self.data = worker, config, data
        self.place, self.num_examples = (worker.rank, worker.size), worker.num_examples
        if self.num_examples is None:
            self.num_examples = len(data[0])
            rows = worker.owned(self.num_examples)
            self.data = [np.ascontiguousarray(array[rows]) for array in data]

    def epoch(self, epoch):
        """Yield (X, y, B): NDArrays (B_r, d), (B_r,), and the whole batch's size."""
        config = self.config
        order = self.num_examples, config.batch_size, config.seed, epoch
        for indices in batch_order(*order):
            mine = share(indices, *self.place)
            X, y = (nd.from_numpy(array[mine]) for array in self.data)
            yield X, y, len(indices)

    def mean_loss(self, net, loss):
        """Return the mean loss over the rows of all workers, the same on each."""
        mean = 0.0
        if len(self.data[0]):
            X, y = (nd.array(array, dtype=array.dtype) for array in self.data)
            mean = loss(net(X), y).mean().asscalar()
        part = float(mean) * len(self.data[0]) / self.num_examples
        return float(self.worker.sum(part))


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


def update(params, total, step_size):
    """Take one step of SGD in place: param -= step_size * its part of total."""
    done = 0
    for param in params:
        weight = param.data()
        part = total[done : done + weight.size].reshape(weight.shape)
        nd.sgd_update(weight, part, out=weight, lr=step_size[0], wd=0.0,
                      rescale_grad=step_size[1])  # fmt: skip
        done += weight.size


class Marks:
    """Tells the launcher, at most once a second, that the work goes on."""

    def __init__(self):
        self.told = 0.0 if "LINREG_GLUON_MARKS" in os.environ else float("inf")

    def tell(self):
        if time.monotonic() > self.told + 1:
            self.told = time.monotonic()
            os.write(2, MARK + b"\n")


def train(features, labels, config, *, kvstore, start=None, on_epoch=None):
    """Train as one worker of many and return the Fit, the same on each.

    Arguments, result and errors are those of scratch.train. Every worker is given the
    whole data, from the same source, and keeps the rows that it owns; or those alone,
    if its Worker says so. kvstore: "dist_sync", a KVStore or a Worker; on_epoch is
    called on each worker.
    """
    check_data(features, labels)
    start = check_start(start, features.shape[1])
    worker = kvstore if isinstance(kvstore, Worker) else Worker(connect(kvstore))
    shares, loss = Shares((features, labels), config, worker), mx.gluon.loss.L2Loss()
    net = concise.linear_net(config.seed, start, features.dtype)  # alike on all
    net(nd.zeros((1, features.shape[1]), dtype=features.dtype))  # draws the weights
    net_with_loss = concise.NetWithLoss(net, loss)
    net_with_loss.hybridize()  # not static: shares differ in size
    params = list(net.collect_params().values())
    losses = list(start.losses) if start is not None else []
    for epoch in range(len(losses), len(losses) + config.num_epochs):
        for X, y, batch_size in shares.epoch(epoch):
            total = worker.sum_gradient(gradient(net_with_loss, params, X, y))
            update(params, total, (config.lr, 1 / batch_size))
            worker.marks.tell()
        mean = shares.mean_loss(net, loss)
        end_epoch(losses, mean, features, config, on_epoch)
    w, b = net[0].weight.data().asnumpy(), net[0].bias.data().asscalar()
    return Fit(w.ravel(), float(b), tuple(losses))
