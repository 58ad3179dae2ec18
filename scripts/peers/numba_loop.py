"""The loops spelled out and compiled by Numba: what a machine needs for these steps."""

import numba
import numpy as np


@numba.njit(fastmath=True)
def walk(features, labels, order, batch_size, lr, w, gradient, b):
    """Take an epoch's steps, w in place; return b and the loss over all examples."""
    n, d = features.shape
    for first in range(0, n, batch_size):
        stop = min(first + batch_size, n)
        gradient[:], pull = 0, np.float32(0)
        for place in range(first, stop):
            x = features[order[place]]
            r = b - labels[order[place]]
            for j in range(d):
                r += x[j] * w[j]
            for j in range(d):
                gradient[j] += r * x[j]
            pull += r
        rate = lr / np.float32(stop - first)
        for j in range(d):
            w[j] -= rate * gradient[j]
        b -= rate * pull
    total = np.float32(0)
    for i in range(n):
        r = b - labels[i]
        for j in range(d):
            r += features[i, j] * w[j]
        total += r * r
    return b, total / (2 * n)


def train(features, labels, problem):
    w, b, lr = np.zeros(problem.d, np.float32), np.float32(0), np.float32(problem.lr)
    gradient = np.empty_like(w)
    for epoch in range(problem.epochs):
        order = problem.order(epoch)
        told = order, problem.batch_size, lr
        b, _ = walk(features, labels, *told, w, gradient, b)
    return w, b
