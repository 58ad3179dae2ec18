"""The oracle: SGD on the squared loss in NumPy float64, the slow and plain way.

Imports nothing of the project, so it cannot share its mistakes.
"""

import numpy as np


def sgd_oracle(features, labels, w, b, lr, epochs, *, weight_decay=0, averaged=0):
    """Return (w, b, losses) after walking epochs: lists of lists of row indices.

    For each batch G of size B, with residual r_i = x_i . w + b - y_i:
        w <- w - lr / B sum r_i x_i - lr weight_decay w,   b <- b - lr / B sum r_i
    lr: one number, or one for each epoch. averaged: of so many epochs, the last ones,
    the mean of all iterates is what is returned.
    losses: mean of r_i^2 / 2 over all rows, after each epoch.
    """
    X, y = np.asarray(features, np.float64), np.asarray(labels, np.float64)
    w, b, losses, iterates = np.array(w, np.float64), float(b), [], []
    lrs = np.broadcast_to(lr, len(epochs))
    for epoch, batches in enumerate(epochs):
        for rows in batches:
            residual = X[rows] @ w + b - y[rows]
            gradient = X[rows].T @ residual / len(rows) + weight_decay * w
            w = w - lrs[epoch] * gradient
            b = b - lrs[epoch] / len(rows) * residual.sum()
            if epoch >= len(epochs) - averaged:
                iterates.append(np.append(w, b))
        if averaged and epoch == len(epochs) - 1:
            *w, b = np.mean(iterates, axis=0)
        losses.append(np.mean((X @ w + b - y) ** 2) / 2)
    return np.asarray(w), b, losses
