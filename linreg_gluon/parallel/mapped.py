"""Examples that stay on disk: gram's rows z, made as they are looked at."""

import numpy as np

from ..theory import blocks


class Mapped:
    """The rows z = [x, 1, -y] of features (n, d) and labels (n,), arrays on disk.

    As gram.Epochs.table, whose last row is zeros; but there is no second copy.
    """

    def __init__(self, features, labels):
        self.features, self.labels = features, labels

    def __getitem__(self, part):
        """Return a slice of the n rows, (m, d + 2)."""
        X, y = self.features[part], self.labels[part]
        return np.column_stack([X, np.ones_like(y), -y])

    def take(self, rows, axis, out, mode):
        """Copy rows (any shape) to out; row n is zeros. axis, mode: 0 and "clip".

        In the order in which they stand on the disk: where memory does not hold them, a
        block goes through the file once, and not to and fro.
        """
        flat, Z = rows.reshape(-1), out.reshape(-1, out.shape[-1])
        order = np.argsort(flat)
        ranked = flat[order]
        order = order[: np.searchsorted(ranked, len(self.labels))]  # none of zeros
        Z[:] = 0
        for part in blocks(len(order)):  # what is taken at once is in memory twice
            to, which = order[part], ranked[part]
            Z[to, :-2], Z[to, -2] = self.features.take(which, axis=0), 1
            Z[to, -1] = -self.labels.take(which)
