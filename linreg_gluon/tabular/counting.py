"""Rows with weights: which of them an estimator trains on, and in which units."""

import numpy as np

from ..kept import Units
from ..theory import blocks


class Ordered:
    """Rows of an array (n, d), in an order; only what is looked at is copied."""

    def __init__(self, array, rows):
        self.array, self.rows = array, rows
        self.shape = (len(rows), *array.shape[1:])

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, part):
        return self.array[self.rows[part]]


def counted(X, y, weights, merge):
    """Return the rows to train on (m,) and their weights, None if all are alike.

    Instead of all the rows in their order it returns None. Rows of weight 0 are left
    out. merge: put the rows in an order of their own, each different one once with the
    sum of its weights, so that equal data are trained on in the same way.
    """
    if weights is None and not merge:
        return None, None
    order = np.arange(len(y))
    if merge:
        order = np.argsort(y, kind="stable")
        if (np.diff(y[order]) == 0).any():
            order = np.lexsort([*X.T, y])
    if weights is not None:
        if (weights < 0).any() or not weights.any():
            raise ValueError("sample_weight must be at least 0, and not all 0")
        order = order[weights[order] > 0]
    if merge:
        new = np.append(True, differs(Ordered(X, order), y[order]))
        if weights is None and new.all():
            return order, None
        weights = np.ones(len(y)) if weights is None else weights
        first = np.flatnonzero(new)
        weights = np.add.reduceat(weights[order], first)
        order = order[first]
    elif weights is not None:
        weights = weights[order]
    if weights is not None and (weights == weights[0]).all():
        weights = None
    return order, weights


def differs(X, y):
    """Return which of the rows from the second on differ from the one before."""
    found = np.diff(y) != 0
    ties = np.flatnonzero(~found)
    for part in blocks(len(ties), X.shape[1]):
        after = ties[part] + 1
        found[ties[part]] = (X[after] != X[after - 1]).any(axis=1)
    return found


def in_training_units(X, y, weights, standardize, convert=Units.convert):
    """Return Units, (features, labels) in them as float32, and whether b is 0 there.

    convert: Units.convert, or Units.view; with weights there are copies in any case.

    A weight multiplies a squared error, as its root multiplies the row. So that the
    bias needs no root, the rows are centred, and each is there with both signs: then
    the best b is 0.
    """
    if weights is None:
        units = Units.standard(X, y) if standardize else Units.own(X.shape[1])
        return units, convert(units, X, y, np.float32), False
    X = X[:]
    mean, label_mean = np.average(X, 0, weights), np.average(y, weights=weights)
    scale, label_scale = np.ones(X.shape[1]), 1.0
    if standardize:
        scale = np.sqrt(np.average((X - mean) ** 2, 0, weights))
        scale = np.where(scale > 0, scale, 1)
        label_scale = np.sqrt(np.average((y - label_mean) ** 2, weights=weights)) or 1.0
    units = Units(mean, scale, float(label_mean), float(label_scale))
    root = np.sqrt(weights / weights.mean())
    features, labels = units.convert(X, y, np.float64)
    features, labels = features * root[:, None], labels * root
    data = np.concatenate([features, -features]), np.concatenate([labels, -labels])
    return units, tuple(part.astype(np.float32) for part in data), True
