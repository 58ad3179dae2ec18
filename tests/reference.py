"""The oracle: SGD on the squared loss in NumPy float64, the slow and plain way.

Imports nothing of the project, so it cannot share its mistakes.
"""

import numpy as np


def sgd_oracle(features, labels, w, b, lr, epochs):
    """Return (w, b, losses) after walking epochs: lists of lists of row indices.

    For each batch G of size B, with residual r_i = x_i . w + b - y_i:
        w <- w - lr / B sum r_i x_i,   b <- b - lr / B sum r_i
    losses: mean of r_i^2 / 2 over all rows, after each epoch.
    """
    X, y = np.asarray(features, np.float64), np.asarray(labels, np.float64)
    w, b, losses = np.array(w, np.float64), float(b), []
    for batches in epochs:
        for rows in batches:
            residual = X[rows] @ w + b - y[rows]
            w = w - lr / len(rows) * (X[rows].T @ residual)
            b = b - lr / len(rows) * residual.sum()
        losses.append(np.mean((X @ w + b - y) ** 2) / 2)
    return w, b, losses
