"""One exchange for a block of steps: what a step needs of its batch is a sum.

With rows z = [x, 1, -y] and t = [w, b, 1], a step of SGD on the squared loss is

    t <- (I - D) t,    D = lr / B  mask  sum over the batch's examples of z z'

(docs/fused.md). A sum over examples can be split: each worker adds up z z' over its
share of every batch of a block, one exchange adds these over the workers, and all walk
the same maps. The steps are exactly those of one machine; only the exchanges are fewer.
(For generalised linear models the idea, with inexact iterates, is known as s-step or
communication-avoiding: Devarakonda, Fountoulakis, Demmel, Mahoney, arXiv 1612.04003.)
"""

import numpy as np

from ..compat import mx
from ..data import epoch_order
from ..theory import blocks

nd = mx.nd
BUDGET = 2**24  # bytes of a block's sums or of its gathered rows


class Epochs:
    """A worker's rows, and the sums that each step needs of them.

    features (n, d), labels (n,): the rows that this worker owns, in the order of their
    numbers. num_examples: of all workers. place: (rank, number of workers).
    """

    def __init__(self, features, labels, config, num_examples, place):
        self.config, self.num_examples, self.place = config, num_examples, place
        self.features, self.labels = features, labels
        self.size, self.dtype = features.shape[1] + 2, features.dtype
        self.upper = np.triu_indices(self.size)
        self.num_steps = -(-num_examples // config.batch_size)

    @property
    def steps(self):
        """How many steps a block has."""
        rank_rows = -(-self.config.batch_size // self.place[1])
        per_step = self.dtype.itemsize * self.size * max(self.size, rank_rows)
        return max(1, min(self.num_steps, BUDGET // per_step))

    def blocks(self, epoch):
        """Yield the sums over this worker's share of each step, block by block.

        Each is (steps, s (s + 1) / 2): the upper triangles of sums of z z'; the last
        block of an epoch is filled up with zeros, which are steps that do nothing.
        """
        order = epoch_order(self.num_examples, self.config.seed, epoch)
        rank, size = self.place
        mine = np.flatnonzero(order % size == rank)
        step, rows = mine // self.config.batch_size, order[mine] // size
        starts = np.searchsorted(step, np.arange(0, self.num_steps + 1, self.steps))
        for first, (a, b) in enumerate(zip(starts, [*starts[1:], len(step)])):
            if first * self.steps < self.num_steps:
                yield self.sums(step[a:b] - first * self.steps, rows[a:b])

    def sums(self, step, rows):
        """Return a block's sums; step, rows (k,): whose row is whose step's."""
        count = np.bincount(step, minlength=self.steps)
        largest = max(count.max(), 1)  # smaller shares of a batch end in rows of zeros
        G = np.zeros((self.steps, largest, self.size), self.dtype)
        within = np.arange(len(step)) - np.repeat(np.cumsum(count) - count, count)
        self.fill(G.reshape(-1, self.size), step * largest + within, rows)
        G = nd.from_numpy(G)
        D = nd.batch_dot(G, G, transpose_a=True).asnumpy()
        return np.ascontiguousarray(D[:, self.upper[0], self.upper[1]])

    def fill(self, Z, places, rows):
        """Write the examples [x, 1, -y] of rows at places of Z (k, s); return Z."""
        Z[places, :-2], Z[places, -2] = self.features[rows], 1
        Z[places, -1] = -self.labels[rows]
        return Z

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
        for each in D[rates > 0]:
            t[:-1] -= each.dot(t)
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
    for rows in blocks(len(data.labels)):
        Z = np.empty((rows.stop - rows.start, s))
        R = np.linalg.qr(np.vstack([R, data.fill(Z, slice(None), rows)]), mode="r")
    stacked[everyone.rank, : len(R)] = R
    return np.linalg.qr(everyone.sum(stacked).reshape(-1, s), mode="r")


def walk(data, t, worker, *, losses, watch):
    """Walk the epochs that data's Config asks for from t (s,); return the new t.

    losses: of the epochs so far, to which are appended. watch: a config.Watch. While
    the sums of a block travel, those of the next one are computed.
    """
    config = data.config
    R, last = triangle(data, worker), len(losses) + config.num_epochs - 1
    total = None
    for epoch in range(len(losses), last + 1):
        lr, before = config.lr_at(epoch), None
        if epoch == last + 1 - config.num_averaged:
            total = np.zeros(data.size)  # what is averaged begins here
        told = lr * config.weight_decay, total
        for number, sums in enumerate(data.blocks(epoch)):
            travelling = worker.begin(sums, slot=number % 2)
            if before is not None:
                t = data.walk(t, before(), data.rates(number - 1, lr), *told)
            before = travelling
            worker.marks.tell()
        t = data.walk(t, before(), data.rates(number, lr), *told)
        if epoch == last and total is not None:
            t = (total / total[-1]).astype(t.dtype)
        loss = float(np.square(R @ t.astype(np.float64)).sum() / 2 / data.num_examples)
        watch.end_epoch(losses, loss)
    return t
