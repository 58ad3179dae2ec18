"""The job that every peer does, in NumPy alone: it runs in each peer's environment."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Problem:
    """n examples of d features; epochs of batches; start at 0; noise sd 0.01.

    shuffled False: the data's own order in every epoch, as scikit-learn's oracle needs.
    """

    n: int
    d: int
    batch_size: int
    epochs: int
    lr: float
    shuffled: bool = True

    def data(self):
        """Return features float32 (n, d) and labels float32 (n,)."""
        rng = np.random.default_rng(0)
        features = rng.standard_normal((self.n, self.d), dtype=np.float32)
        w = np.linspace(2, -3.4, self.d, dtype=np.float32)
        noise = 0.01 * rng.standard_normal(self.n, dtype=np.float32)
        return features, features @ w + np.float32(4.2) + noise

    def order(self, epoch):
        """Return an epoch's order of the examples: linreg_gluon.data.epoch_order's."""
        if not self.shuffled:
            return np.arange(self.n)
        return np.random.default_rng([0, epoch]).permutation(self.n)

    def batches(self, epoch):
        """Yield the index arrays of an epoch's batches; the last one may be short."""
        order = self.order(epoch)
        for i in range(0, self.n, self.batch_size):
            yield order[i : i + self.batch_size]
