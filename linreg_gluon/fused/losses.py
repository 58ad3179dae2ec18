"""The loss of all examples at given parameters, in parts that stay in one thread each.

BLAS's own threads go on waiting, for longer than the product took, on a core that the
next epoch could use.
"""

import itertools

import numpy as np

from .ahead import ahead
from .blocks import ONE_THREAD

PART = 2**19  # numbers, looked at together: of Converted features they are made
TWO_THREADS = 2**20  # numbers from which a second thread is worth its start


def half_squares(features, labels, ts):
    """Return the mean half squared error at each of ts (k, s), t = [w, b, 1].

    features (n, d), labels (n,); not finite where the parameters are not.
    """
    n, d = features.shape
    if n * d > ONE_THREAD:
        return [in_parts(features, labels, t) / (2 * n) for t in ts]
    with np.errstate(all="ignore"):  # of a run that diverges
        found = [residuals(features, labels, t) for t in ts]
        return [float(r @ r) / (2 * n) for r in found]


def in_parts(features, labels, t):
    """Return the sum of squared residuals at t (s,), for which threads take parts."""
    n, d = features.shape
    rows = max(1, ONE_THREAD // d)  # of a product
    part = rows * max(1, PART // (rows * d))
    starts = range(0, n, part)
    middle = len(starts) // 2 if n * d >= TWO_THREADS else 0
    halves = [each for each in (starts[:middle], starts[middle:]) if each]
    jobs = ((features, labels, t, each, rows) for each in halves)
    return sum(itertools.chain.from_iterable(ahead(squares, jobs)))


def squares(features, labels, t, starts, rows):
    """Return the sum of squared residuals of each part, in float64.

    starts: range of the parts' first examples. rows: how many a product is of.
    """
    found = []
    with np.errstate(all="ignore"):  # another thread's is not this one's
        for i in starts:
            X, y = features[i : i + starts.step], labels[i : i + starts.step]
            whole = len(y) - len(y) % rows
            many = X[:whole].reshape(-1, rows, X.shape[1]), y[:whole].reshape(-1, rows)
            for each in (many, (X[whole:], y[whole:])):
                if len(each[1]):
                    r = residuals(*each, t)
                    found.append(float(np.square(r, dtype=np.float64).sum()))
    return found


def residuals(features, labels, t):
    """Return X w + b - y of features (..., n, d) and labels (..., n)."""
    r = features @ t[:-2]
    r += t[-2]
    r -= labels
    return r
