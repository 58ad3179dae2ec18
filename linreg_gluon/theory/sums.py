"""Sums over many rows, a block at a time, alone or with other processes."""

import json

import numpy as np

BLOCK = 32768  # rows in float64 at a time: bounds the memory, whatever n is
NUMBERS = 2**18  # and of so many numbers, whatever d is
LEAF = 1024  # rows that are added up by themselves: another number would be other bits
NARROW = 12  # columns, up to which adding up along memory pays for laying them so


def blocks(n, d=1):
    """Yield the slices that walk n rows of d numbers, BLOCK at most, and end at n."""
    rows = max(1, min(BLOCK, NUMBERS // d))
    return (slice(i, min(i + rows, n)) for i in range(0, n, rows))


class Alone:
    """The only process of a run: its sums are whole. parallel.Worker is one of many.

    A function that takes ``everyone`` is called by all of them at once, each with its
    own rows of the data, and returns the same to each.
    """

    rank, size = 0, 1
    num_examples = None  # of all processes, where each is given its own rows alone

    def sum(self, array):
        """Return the sum over all processes of a float64 array."""
        return array

    def gather(self, content, lengths=None):
        """Return the bytes that each process gives, by rank; lengths: if all know."""
        return [content]

    def settle(self, num_own):
        """Return how many rows all have, of which this process has the next in turn.

        What is trained on from then on are these: num_examples is their number.
        """
        return num_own

    def owned(self, num_examples):
        """Return the slice of so many rows that this process owns."""
        return slice(0, num_examples)


ALONE = Alone()


def exchanged(everyone, value):
    """Return what each process tells, by rank; value: of JSON's types, or arrays.

    As JSON, of which nothing that is received is run.
    """
    sent = json.dumps(value, default=np.ndarray.tolist).encode()
    return [json.loads(each.decode()) for each in everyone.gather(sent)]


class Owners:
    """Who owns which leaves of all rows: the process that has a leaf's first row.

    counts: rows of each process, by rank. size: rows of a leaf. before: rows of each
    that are of a leaf of those before it. many: leaves that it owns.
    """

    def __init__(self, counts, size):
        counts = np.asarray(counts, np.int64)
        first = np.cumsum(counts) - counts
        self.size, self.before = size, np.minimum(-first % size, counts)
        self.many = -((self.before - counts) // size)

    def completed(self, array, everyone):
        """Return (number of own rows before a leaf begins, rows (m, d) of the last).

        array (n, d): the own rows. What the last leaf has elsewhere is exchanged, in
        float64: of each process fewer rows than a leaf has.
        """
        width, begin = array.shape[1], int(self.before[everyone.rank])
        sent = np.ascontiguousarray(array[:begin], "<f8").tobytes()
        lengths = self.before * width * 8
        others = b"".join(everyone.gather(sent, lengths)[everyone.rank + 1 :])
        missing = (begin - len(array)) % self.size
        later = np.frombuffer(others[: missing * width * 8], "<f8")
        return begin, later.reshape(-1, width)


class Sums:
    """Sums over the rows of all processes, with the same bits whoever holds which.

    Each leaf of rows is added up by itself, by whoever has its first row, and then the
    sums of all leaves, by everyone. array: (n, d), the own rows; they come after those
    of the processes of lower rank. num_rows: of all.
    """

    def __init__(self, array, everyone=ALONE):
        self.array, self.everyone = array, everyone
        counts = np.zeros(everyone.size)
        counts[everyone.rank] = len(array)
        counts = everyone.sum(counts)
        self.block = next(blocks(2**63, array.shape[1])).stop
        self.num_rows, self.owners = counts.sum(), Owners(counts, min(LEAF, self.block))
        self.begin, self.later = self.owners.completed(array, everyone)

    def of(self, work):
        """Return the sums of work(rows), float64 (m, d) both, over all rows: (d,)."""
        d, found = self.array.shape[1], []
        for rows in self.parts():
            size = min(self.owners.size, len(rows))
            found.append(work(rows).reshape(-1, size, d).sum(axis=1))
        own = np.vstack([np.empty((0, d)), *found])
        lengths = self.owners.many * d * 8
        all_of = b"".join(self.everyone.gather(own.tobytes(), lengths))
        return np.frombuffer(all_of).reshape(-1, d).sum(axis=0)

    def parts(self):
        """Yield the rows of the leaves that begin here: whole ones, at last the last.

        Few columns lie one after the other, for a sum along memory is the faster one.
        """
        order = "F" if self.array.shape[1] <= NARROW else "C"
        leaf = self.owners.size
        end = len(self.array) - (len(self.array) - self.begin) % leaf
        step = self.block // leaf * leaf
        for i in range(self.begin, end, step):
            part = self.array[i : min(i + step, end)]
            yield np.asarray(part, np.float64, order=order)
        if end < len(self.array):
            rows = np.vstack([self.array[end:], self.later])
            yield np.asarray(rows, np.float64, order=order)


def moments(array, everyone=ALONE):
    """Return mean and sd (divisor n) of each column of (n, d) or (n,), in float64.

    With the same bits for any number of processes whose rows follow each other.
    """
    sums = Sums(array if len(array.shape) > 1 else array[:, None], everyone)
    mean = sums.of(lambda rows: rows) / sums.num_rows

    def squares(rows):
        rows = rows - mean
        return np.square(rows, out=rows)

    found = mean, np.sqrt(sums.of(squares) / sums.num_rows)
    return tuple(each.reshape(array.shape[1:])[()] for each in found)
