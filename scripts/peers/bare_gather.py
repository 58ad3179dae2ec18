"""No training: the limit. The epochs' orders, and the rows copied in those orders.

They go to the same 4 MB again and again: more would have to be had from the system, and
would be out of the caches before anyone looks.
"""

import numpy as np

BYTES = 2**22


def train(features, labels, problem):
    n, d = features.shape
    many = min(n, BYTES // (4 * d))
    X, y = np.empty((many, d), features.dtype), np.empty(many, labels.dtype)
    for epoch in range(problem.epochs):
        order = problem.order(epoch)
        for first in range(0, n, many):
            rows = order[first : first + many]
            # "clip" because "raise" would copy once more
            features.take(rows, axis=0, out=X[: len(rows)], mode="clip")
            labels.take(rows, out=y[: len(rows)], mode="clip")
    return X[len(rows) - 1], y[len(rows) - 1]  # to be held against the data
