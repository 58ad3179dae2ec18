"""Between a table and training: the held-out part, the units, and how good a fit is."""

import dataclasses
import hashlib

import numpy as np

from .config import Fit
from .theory import ALONE, blocks, moments


def fingerprint(values):
    """Return the sha256, in hex, of float64 values (n, k): to know the data again."""
    digest = begin_fingerprint(values.shape)
    for rows in blocks(len(values)):
        add_to_fingerprint(digest, values[rows])
    return digest.hexdigest()


def begin_fingerprint(shape):
    """Return the digest of no rows yet of values that will be (n, k)."""
    return hashlib.sha256(repr(tuple(shape)).encode())


def add_to_fingerprint(digest, rows):
    """Add the next rows of the values."""
    digest.update(np.ascontiguousarray(rows, "<f8").tobytes())


def hold_out(values, share, seed):
    """Move a random share of the rows of values (n, k) to its end, in place.

    Returns how many rows stay in front, to train on. Both parts keep the file's order.
    Raises ValueError as split_rows does.
    """
    first, last = split_rows(len(values), share, seed)
    moved = values[last]
    for rows in blocks(len(first)):  # first[i] >= i: what is still to move stays intact
        values[rows] = values[first[rows]]
    values[len(first) :] = moved
    return len(first)


def split_rows(n, share, seed):
    """Return the numbers of the rows to train on and of those held out, ascending.

    A function of (n, share, seed) decides who goes where. Raises ValueError unless
    0 <= share < 1 and at least one row is left to train on.
    """
    if not 0 <= share < 1:
        raise ValueError(f"holdout must be at least 0 and below 1, got {share}")
    held = max(1, round(n * share)) if share else 0
    if held >= n:
        raise ValueError(f"holdout {share} of {n} rows leaves none to train on")
    # [seed, epoch] are the epochs' generators; a third number is a stream of its own
    order = np.random.default_rng([seed, 0, 1]).permutation(n)
    return np.sort(order[held:]), np.sort(order[:held])


@dataclasses.dataclass(frozen=True, eq=False)
class Units:
    """The units that training sees: (x - mean) / scale, (y - label_mean) / label_scale.

    mean, scale: float64 (d,). label_mean, label_scale: floats.
    """

    mean: np.ndarray
    scale: np.ndarray
    label_mean: float = 0.0
    label_scale: float = 1.0

    @classmethod
    def own(cls, num_inputs):
        """Return the data's own units: nothing is changed."""
        return cls(np.zeros(num_inputs), np.ones(num_inputs))

    @classmethod
    def standard(cls, features, labels, everyone=ALONE):
        """Return the units in which (n, d) and (n,) have mean 0 and sd 1.

        A constant column is centred only. everyone: as theory.Alone says.
        """
        mean, scale = moments(features, everyone)
        label_mean, label_scale = moments(labels, everyone)
        return cls(
            mean,
            np.where(scale > 0, scale, 1),
            float(label_mean),
            float(label_scale or 1),
        )

    def convert(self, features, labels, dtype):
        """Return features (n, d) and labels (n,) in these units, as new arrays."""
        X, y = np.empty(features.shape, dtype), np.empty(labels.shape, dtype)
        for rows in blocks(len(y)):  # float64 until the last step
            X[rows] = (features[rows] - self.mean) / self.scale
            y[rows] = (labels[rows] - self.label_mean) / self.label_scale
        return X, y

    def fold(self, fit):
        """Return a Fit in these units as one in the data's own: w (d,) float64.

        y = my + sy (c + sum_j v_j (x_j - m_j) / s_j)
        """
        w = self.label_scale * np.asarray(fit.w, np.float64) / self.scale
        b = self.label_mean + self.label_scale * fit.b - w @ self.mean
        losses = tuple(loss * self.label_scale**2 for loss in fit.losses)
        return Fit(w, float(b), losses)


def score(features, labels, fit):
    """Return {"rmse", "r2"} of a Fit on features (n, d) and labels (n,), in float64.

    rmse: root mean squared error; r2: 1 - RSS / total sum of squares, None where the
    labels are constant.
    """
    w, n = np.asarray(fit.w, np.float64), len(labels)
    rss = sum(
        ((labels[rows] - features[rows] @ w - fit.b) ** 2).sum() for rows in blocks(n)
    )
    tss = n * moments(labels)[1] ** 2
    r2 = float(1 - rss / tss) if tss > 0 else None
    return {"rmse": float(np.sqrt(rss / n)), "r2": r2}
