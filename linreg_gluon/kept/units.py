"""The units that training sees, and the way back to the data's own."""

import dataclasses

import numpy as np

from ..config import Fit
from ..data import Converted
from ..theory import ALONE, blocks, moments


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

    @property
    def changed(self):
        """Whether these are others than the data's own."""
        numbers = [*self.mean, *(self.scale - 1), self.label_mean, self.label_scale - 1]
        return any(numbers)

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

    def view(self, features, labels, dtype):
        """Return what convert does, the features Converted: without a copy of them."""

        def rows(part):
            centred = part - self.mean
            centred /= self.scale
            return centred.astype(dtype)

        y = self.converted(labels, np.empty(labels.shape, dtype))
        return Converted(features, rows, dtype), y

    def converted(self, labels, y):
        """Write labels (n,) in these units into y; return it."""
        for rows in blocks(len(y)):
            centred = np.subtract(labels[rows], self.label_mean, dtype=np.float64)
            y[rows] = centred / self.label_scale
        return y

    def convert(self, features, labels, dtype, empty=np.empty):
        """Return features (n, d) and labels (n,) in these units, as new arrays.

        empty(shape, dtype) makes these: OnDisk.empty, for one.
        """
        X, y = empty(features.shape, dtype), empty(labels.shape, dtype)
        for rows in blocks(*features.shape):  # float64 until the last step
            X[rows] = (features[rows] - self.mean) / self.scale
        return X, self.converted(labels, y)

    def unfold(self, w, b):
        """Return [w, b] (d + 1,) in these units from w, b in the data's own.

        fold, the other way round: v = w s / sy, c = (b + w . m - my) / sy.
        """
        b = (b + w @ self.mean - self.label_mean) / self.label_scale
        return np.append(w * self.scale / self.label_scale, b)

    def fold(self, fit):
        """Return a Fit in these units as one in the data's own: w (d,) float64.

        y = my + sy (c + sum_j v_j (x_j - m_j) / s_j)
        """
        w = self.label_scale * np.asarray(fit.w, np.float64) / self.scale
        b = self.label_mean + self.label_scale * fit.b - w @ self.mean
        losses = tuple(loss * self.label_scale**2 for loss in fit.losses)
        return Fit(w, float(b), losses)
