"""Sums over many rows, a block at a time, alone or with other processes."""

import numpy as np

BLOCK = 32768  # rows in float64 at a time: bounds the memory, whatever n is
NUMBERS = 2**19  # and of so many numbers, whatever d is


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

    def gather(self, content):
        """Return the bytes that each process gives, by rank."""
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


def moments(array, everyone=ALONE):
    """Return mean and sd (divisor n) of each column of (n, d) or (n,), in float64."""
    parts = lambda: (array[rows] for rows in blocks(*array.shape))  # noqa: E731
    total = everyone.sum(np.float64(len(array)))
    sums = sum(part.sum(axis=0, dtype=np.float64) for part in parts())
    mean = everyone.sum(sums) / total
    # dtype: NumPy takes a float32 array less a single number in float32
    off = (np.subtract(part, mean, dtype=np.float64) for part in parts())
    squares = sum((part**2).sum(axis=0) for part in off)
    square = everyone.sum(squares) / total
    return mean, np.sqrt(square)
