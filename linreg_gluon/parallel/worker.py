"""This process as one worker of many: it joins the job, adds up, and takes leave."""

import atexit
import os
import sys
import traceback
import types

import numpy as np

from ..compat import mx
from ..config import InputError
from .exchanges import Exchange, Marks

nd = mx.nd
LEAST_GATHERED, MOST_GATHERED = 2**10, 2**17  # bytes of one worker in an exchange


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

    num_examples: of all workers together, where each is given its own rows alone, from
    the number first on; None where each is given the whole data. form, costs: of the
    last training, see train. spent: (messages, bytes) of all trainings, without what
    was exchanged to read the data, to measure the costs or to judge a fit. an_epoch: of
    each epoch of the last one.
    """

    def __init__(self, kv):
        self.kv, self.rank, self.size = kv, kv.rank, kv.num_workers
        self.num_examples, self.exchanges, self.marks = None, {}, Marks()
        self.first = None  # of the rows that this worker was given alone
        self.form, self.costs = None, None
        self.spent = self.an_epoch = 0, 0

    def owned(self, num_examples):
        """Return the slice of so many rows that this worker owns: the next in turn."""
        ranks = self.rank, self.rank + 1
        return slice(*(num_examples * rank // self.size for rank in ranks))

    def settle(self, num_own):
        """Return how many rows all workers have; each has its own alone from now on."""
        counts = np.zeros(self.size)
        counts[self.rank] = num_own
        counts = self.sum(counts).astype(int)
        self.first = int(counts[: self.rank].sum())
        self.num_examples = int(counts.sum())
        return self.num_examples

    def exchange(self, shape, slot=0):
        """Return the Exchange for a shape, for each slot always the same one."""
        if (shape, slot) not in self.exchanges:
            self.exchanges[shape, slot] = Exchange(self.kv, shape)
        return self.exchanges[shape, slot]

    def begin(self, array, slot=0):
        """Begin to add up a NumPy array (float32, float64); return what waits for it.

        That returns the sum, as NumPy. Of each slot one may be under way. float64 is
        added up at once: see sum.
        """
        if array.dtype == np.float64:
            total = self.sum(array)
            return lambda: total
        return self.exchange(array.shape, slot).begin(nd.from_numpy(array))

    @property
    def traffic(self):
        """Return (messages, bytes) that this worker has sent and was sent so far."""
        each = self.exchanges.values()
        return sum(e.messages for e in each), sum(e.bytes for e in each)

    def counted(self, work, *told):
        """Return what work(*told) does; what it exchanges is added to an_epoch."""
        before, result = self.traffic, work(*told)
        each = zip(self.an_epoch, self.traffic, before)
        self.an_epoch = tuple(so_far + now - then for so_far, now, then in each)
        return result

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

    def gather(self, content, lengths=None):
        """Return the bytes that each worker gives, by rank; they may be of any length.

        They travel as the numbers in sum do, in parts of few sizes: the server keeps an
        array for each. lengths: of what each gives, if all know them already.
        """
        if lengths is None:
            lengths = np.zeros(self.size)
            lengths[self.rank] = len(content)
            lengths = self.sum(lengths).astype(int)
        found = [b""] * self.size
        for done in range(0, lengths.max(), MOST_GATHERED):
            left = min(lengths.max() - done, MOST_GATHERED)
            room = max(2 ** int(left - 1).bit_length(), LEAST_GATHERED)
            part = content[done : done + room].ljust(room, b"\0")
            sent = np.zeros((self.size, room // 2), np.float32)
            sent[self.rank] = np.frombuffer(part, np.uint16)
            received = self.exchange(sent.shape).sum(nd.array(sent)).asnumpy()
            pieces = received.astype(np.uint16)
            found = [all_of + each.tobytes() for all_of, each in zip(found, pieces)]
        return [all_of[:length] for all_of, length in zip(found, lengths)]

    def sum_gradient(self, array):
        """Return the sum over all workers of an NDArray (k,), float32 or float64."""
        if array.dtype == np.float64:
            return nd.array(self.sum(array.asnumpy()), dtype="float64")
        return self.exchange(array.shape).sum(array)


class Single(Worker):
    """The only worker, without a store: what it has is the sum."""

    def __init__(self):
        super().__init__(types.SimpleNamespace(rank=0, num_workers=1))

    def begin(self, array, slot=0):
        return lambda: array

    def sum(self, array):
        return np.asarray(array, np.float64)

    def gather(self, content, lengths=None):
        return [content]

    def sum_gradient(self, array):
        return array


def join(kvstore):
    """Return this process as a Worker of the job; errors as connect's."""
    return Worker(connect(kvstore))


def leave(*exception):
    """Print the traceback and end the process without waiting for the others."""
    traceback.print_exception(*exception)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
