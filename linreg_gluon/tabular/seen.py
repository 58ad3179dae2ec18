"""What rows tell of columns of numbers: which vary, count the rows, or are sums."""

import numpy as np

from .. import theory
from .deciding import is_identifier, may_identify

CLEAR = 1e-6  # of its size: a column that adds so much to the others is no sum of them


class Seen:
    """What rows tell of columns of numbers, taken in a block at a time.

    names: of the d columns. settle: stop to compare the columns once each is clearly
    none of the others' sum, for more rows cannot take that back. n: rows so far. total
    (d,): the columns' sums.
    """

    def __init__(self, names, settle=True):
        self.n, self.settle, self.settled = 0, settle, False
        self.ids = {j: [] for j, name in enumerate(names) if may_identify(name)}
        self.R = None

    def add(self, X):
        """Take in the next rows, float64 (m, d) without gaps."""
        if not len(X):
            return
        if self.R is None:
            mean, sd = theory.moments(X)
            self.begin(X[0].copy(), mean, np.where(sd > 0, sd, 1))
        self.n += len(X)
        for j, parts in self.ids.items():
            parts.append(X[:, j].copy())
        alike = (X[:, self.same] == self.first[self.same]).all(axis=0)
        self.same = self.same[alike]
        Z = (X - self.shift) / self.unit
        self.sums += Z.sum(axis=0)
        self.squares += np.einsum("ij,ij->j", Z, Z)
        if not self.settled:
            ones = np.ones((len(Z), 1))
            self.R = np.linalg.qr(np.vstack([self.R, np.hstack([ones, Z])]), mode="r")
            adds = np.abs(np.diag(self.R)) > CLEAR * np.sqrt(self.n)
            self.settled = self.settle and len(adds) > X.shape[1] and bool(adds.all())

    def begin(self, first, shift, unit):
        """Begin with the first row and the units of the first rows, (d,) each.

        They may be another process's, whose rows come before.
        """
        self.first, self.shift, self.unit = first, shift, unit
        self.same = np.arange(len(first))
        self.sums, self.squares = np.zeros((2, len(first)))
        self.R = np.empty((0, len(first) + 1))

    @classmethod
    def of_all(cls, most_rows, names):
        """Return the Seen of all columns of a file but the target, which is last."""
        return cls(names[:-1])

    def take(self, columns):
        """Take in the next rows, (m,) of each column, the target last; gaps are NaN."""
        X = np.column_stack(columns)
        self.add(X[~np.isnan(X).any(axis=1)][:, :-1])

    @property
    def total(self):
        """The sum of each column, (d,)."""
        return self.n * self.shift + self.unit * self.sums

    @property
    def sure(self):
        """Whether what was settled still holds in the units of all rows."""
        adds = np.abs(np.diag(self.R))[1:]
        return not self.settled or bool((adds > CLEAR**2 * np.sqrt(self.squares)).all())

    def constants(self):
        """Return the columns that do not vary, or by rounding alone."""
        mean = self.sums / self.n
        sd = self.unit * np.sqrt(np.maximum(self.squares / self.n - mean**2, 0))
        mean = self.shift + self.unit * mean
        return {*self.same.tolist(), *np.flatnonzero(sd <= theory.CONSTANT * abs(mean))}

    def combinations(self, columns):
        """Return {j: [k, ...]}: of these columns, j follows from the k before it."""
        if self.settled:
            return {}
        found = theory.combinations(self.R[1:, 1:][:, columns])
        return {columns[j]: [columns[k] for k in ks] for j, ks in found.items()}

    def identifiers(self, names, rows):
        """Return the columns that only count or name the rows, of a file of so many."""
        columns = ((j, np.concatenate(parts)) for j, parts in self.ids.items())
        return {j for j, values in columns if is_identifier(names[j], values, rows)}
