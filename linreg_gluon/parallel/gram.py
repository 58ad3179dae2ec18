"""One exchange for a block of steps: what a step needs of its batch is a sum.

With rows z = [x, 1, -y] and t = [w, b, 1], a step of SGD on the squared loss is

    t <- (I - D) t,    D = lr / B  mask  sum over the batch's examples of z z'

(docs/fused.md). A sum over examples can be split: each worker adds up z z' over its
share of every batch of a block, one exchange adds these over the workers, and all walk
the same maps. The steps are exactly those of one machine; only the exchanges are fewer.
(For generalised linear models the idea, with inexact iterates, is known as s-step or
communication-avoiding: Devarakonda, Fountoulakis, Demmel, Mahoney, arXiv 1612.04003.)
"""

import functools

import numpy as np

from ..data import epoch_order
from ..theory import blocks
from .mapped import Mapped

BUDGET = 2**24  # bytes of a block's sums or of its gathered rows
BUDGET_ON_DISK = 2**26  # of rows on disk: a block goes through all of the file
TALL = 2**11  # rows that are factorised at once
FEW = 2**25  # n s^2 of a worker's n rows that it factorises in less than 0.1 s


class Epochs:
    """A worker's rows, and the sums that each step needs of them.

    features (n, d), labels (n,): the rows that this worker owns, in the order of their
    numbers. num_examples: of all workers. place: (first of its rows, how many workers).
    """

    def __init__(self, features, labels, config, num_examples, place):
        self.config, self.num_examples, self.place = config, num_examples, place
        self.rows, self.num_rows = (features, labels), len(labels)
        self.size, self.dtype = features.shape[1] + 2, features.dtype
        self.memory = np.empty(0, self.dtype)  # of a block's gathered rows
        self.upper = np.triu_indices(self.size)
        self.num_steps = -(-num_examples // config.batch_size)
        self.rows_of_step = min(config.batch_size, num_examples)
        self.on_disk = isinstance(features, np.memmap)  # of all workers, or of none

    @functools.cached_property
    def table(self):
        """The examples z and a last one of zeros, (n + 1, s): what is gathered from.

        Of arrays on disk they are not made at once.
        """
        features, labels = self.rows
        if self.on_disk:
            return Mapped(features, labels)
        table = np.empty((self.num_rows + 1, self.size), self.dtype)
        table[:-1, :-2], table[:-1, -2], table[-1] = features, 1, 0
        np.negative(labels, out=table[:-1, -1])
        return table

    @property
    def steps(self):
        """How many steps a block has."""
        rank_rows = -(-self.config.batch_size // self.place[1])
        per_step = self.dtype.itemsize * self.size * max(self.size, rank_rows)
        budget = BUDGET_ON_DISK if self.on_disk else BUDGET
        blocks = -(-self.num_steps // max(1, budget // per_step))
        return -(-self.num_steps // blocks)  # alike: the last is filled up

    @property
    def num_blocks(self):
        """How many blocks an epoch has."""
        return -(-self.num_steps // self.steps)

    def blocks(self, epoch):
        """Yield the sums over this worker's share of each step, block by block.

        Each is (steps, s (s + 1) / 2): the upper triangles of sums of z z'; the last
        block of an epoch is filled up with zeros, which are steps that do nothing.
        """
        order = epoch_order(self.num_examples, self.config.seed, epoch)
        rows = self.steps * self.rows_of_step
        return (self.sums(order[i : i + rows]) for i in range(0, len(order), rows))

    def sums(self, order):
        """Return a block's sums; order: the rows of its steps, fewer in the last."""
        own = order - self.place[0]
        at = np.flatnonzero(own.view(np.uint64) < self.num_rows)  # below 0 is above all
        ends = np.searchsorted(at, self.rows_of_step * np.arange(self.steps + 1))
        count = np.diff(ends)
        largest = max(count.max(), 1)  # smaller shares of a batch end in rows of zeros
        of_steps = np.full((self.steps, largest), self.num_rows)
        of_steps[np.arange(largest) < count[:, None]] = own[at]
        if len(self.memory) < of_steps.size * self.size:
            self.memory = np.empty(of_steps.size * self.size, self.dtype)
        G = self.memory[: of_steps.size * self.size].reshape(*of_steps.shape, -1)
        self.table.take(of_steps, axis=0, out=G, mode="clip")  # "raise" would copy
        D = np.matmul(G.transpose(0, 2, 1), G)  # which NumPy knows to be symmetric
        return np.ascontiguousarray(D[:, self.upper[0], self.upper[1]])

    def rates(self, epoch_block, lr):
        """Return lr / B of each step of a block (steps,), 0 where there is none."""
        first = epoch_block * self.steps
        n, size = self.num_examples, self.config.batch_size
        start = np.arange(first, first + self.steps) * size
        B = np.clip(n - start, 1, size)
        return np.where(start < n, lr / B, 0).astype(self.dtype)

    def walk(self, t, sums, rates, decay, total):
        """Return t after a block's steps.

        sums: of all workers. decay: lr times weight decay. total: None, or (s,), to
        which t after each step is added.
        """
        D = np.empty((self.steps, self.size, self.size), self.dtype)
        D[:, self.upper[0], self.upper[1]] = sums
        D[:, self.upper[1], self.upper[0]] = sums
        D = D[:, :-1] * rates[:, None, None]  # without the last row: t's 1 stays
        diagonal = np.arange(self.size - 2)
        D[:, diagonal, diagonal] += self.dtype.type(decay)
        moving = t[:-1]  # a view
        for each in D[rates > 0]:
            moving -= each.dot(t)
            if total is not None:
                total += t
        return t


def triangle(data, everyone):
    """Return R, float64 (s, s), of the QR factorisation of the rows z of all workers.

    data: an Epochs. |R t|^2 is the sum of the squared residuals Z t, without the digits
    that t' Z'Z t would lose.
    """
    s = data.size
    R, stacked = np.zeros((0, s)), np.zeros((everyone.size, s, s))
    for first in range(0, data.num_rows, TALL):  # more rows leave the cache
        rows = slice(first, min(first + TALL, data.num_rows))
        R = np.linalg.qr(np.vstack([R, data.table[rows]]), mode="r")
    stacked[everyone.rank, : len(R)] = R
    return np.linalg.qr(everyone.sum(stacked).reshape(-1, s), mode="r")


def squares(data, everyone):
    """Return the function t -> the sum of all workers' squared residuals.

    It is asked once an epoch. To factorise once costs as much as to go through the rows
    some s times; but then nothing is exchanged for it, so of little data that is done.
    (Of how many epochs are to come nothing depends: a resumed run has the same bits.)
    """
    each = data.num_examples // everyone.size  # the same on all, as they must agree
    if each * data.size**2 < FEW:
        R = triangle(data, everyone)
        return lambda t: np.square(R @ t.astype(np.float64)).sum()

    def gone_through(t):
        total = np.float64(0)
        for rows in blocks(data.num_rows):
            r = (data.table[rows] @ t).astype(np.float64)
            total += r @ r
        return everyone.sum(total)

    return gone_through


def arriving(data, worker, epochs):
    """Yield (epoch, number of the block in it, its sums over all workers), in turn.

    While the sums of a block travel, those of the next one are computed: also of the
    next epoch's first, for no sum depends on the parameters.
    """
    blocks = ((e, *block) for e in epochs for block in enumerate(data.blocks(e)))
    before = None
    for turn, (*place, sums) in enumerate(blocks):
        travelling = (*place, worker.counted(worker.begin, sums, turn % 2))
        if before:
            yield (*before[:2], before[2]())
        before = travelling
        worker.marks.tell()
    yield (*before[:2], before[2]())


def walk(data, t, worker, *, losses, watch):
    """Walk the epochs that data's Config asks for from t (s,); return the new t.

    losses: of the epochs so far, to which are appended. watch: a config.Watch.
    """
    config, first = data.config, len(losses)
    square, stop = squares(data, worker), first + config.num_epochs
    total, worker.an_epoch = None, (0, 0)
    for epoch, number, sums in arriving(data, worker, range(first, stop)):
        lr = config.lr_at(epoch)
        if (epoch, number) == (stop - config.num_averaged, 0):
            total = np.zeros(data.size)  # what is averaged begins here
        told = lr * config.weight_decay, total
        t = data.walk(t, sums, data.rates(number, lr), *told)
        if number + 1 < data.num_blocks:
            continue
        if epoch == stop - 1 and total is not None:
            t = (total / total[-1]).astype(t.dtype)
        loss = float(worker.counted(square, t) / 2 / data.num_examples)
        watch.end_epoch(losses, loss)
    worker.an_epoch = tuple(each // config.num_epochs for each in worker.an_epoch)
    return t
