"""The loss of all examples at given parameters, in parts that stay in one thread each.

BLAS's own threads go on waiting, for longer than the product took, on a core that the
next epoch could use.
"""

import numpy as np

from .ahead import ahead
from .blocks import ONE_THREAD

PART = 2**18  # numbers, for a thread at a time: of Converted features they are made


def half_squares(features, labels, t):
    """Return the mean half squared error at t = [w, b, 1] (s,).

    features (n, d), labels (n,); not finite where the parameters are not.
    """
    n, d = features.shape
    with np.errstate(all="ignore"):  # of a run that diverges
        if n * d <= ONE_THREAD:
            r = residuals(features, labels, t)
            return float(r @ r) / (2 * n)
        part = max(1, PART // d)
        starts = ((i, i + part) for i in range(0, n, part))
        jobs = ((features[i:j], labels[i:j], t) for i, j in starts)
        return sum(ahead(squares, jobs)) / (2 * n)


def squares(features, labels, t):
    """Return the sum of squared residuals, in float64."""
    with np.errstate(all="ignore"):  # another thread's is not this one's
        n, d = features.shape
        part = max(1, ONE_THREAD // d)
        whole = n - n % part
        shaped = features[:whole].reshape(-1, part, d), labels[:whole].reshape(-1, part)
        rests = features[whole:], labels[whole:]
        found = (residuals(X, y, t) for X, y in (shaped, rests))
        return sum(float(np.square(r, dtype=np.float64).sum()) for r in found)


def residuals(features, labels, t):
    """Return X w + b - y of features (..., n, d) and labels (..., n)."""
    r = features @ t[:-2]
    r += t[-2]
    r -= labels
    return r
