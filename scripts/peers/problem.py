"""The job that every peer does, in NumPy alone: it runs in each peer's environment."""

import dataclasses
import functools

import numpy as np


@dataclasses.dataclass(frozen=True)
class Problem:
    """n examples of d features; epochs of batches; start at 0; noise sd 0.01.

    shuffle: "ours", or "sklearn", the order in which SGDRegressor walks of itself.
    """

    n: int
    d: int
    batch_size: int
    epochs: int
    lr: float
    shuffle: str = "ours"

    def data(self):
        """Return features float32 (n, d) and labels float32 (n,)."""
        rng = np.random.default_rng(0)
        features = rng.standard_normal((self.n, self.d), dtype=np.float32)
        w = np.linspace(2, -3.4, self.d, dtype=np.float32)
        noise = 0.01 * rng.standard_normal(self.n, dtype=np.float32)
        return features, features @ w + np.float32(4.2) + noise

    def order(self, epoch):
        """Return an epoch's order of the examples: linreg_gluon.data.epoch_order's."""
        if self.shuffle == "sklearn":
            return sklearn_orders(self.n, epoch + 1)[epoch]
        return np.random.default_rng([0, epoch]).permutation(self.n)

    def batches(self, epoch):
        """Yield the index arrays of an epoch's batches; the last one may be short."""
        order = self.order(epoch)
        for i in range(0, self.n, self.batch_size):
            yield order[i : i + self.batch_size]


@functools.lru_cache(maxsize=4)
def sklearn_orders(n, epochs):
    """Return the orders of SGDRegressor(random_state=0) in its first epochs.

    Each epoch shuffles the order of the one before, Fisher and Yates's way, by the same
    numbers: Marsaglia's 32-bit xorshift (Journal of Statistical Software 8, 14).
    """
    seed = int(np.random.RandomState(0).randint(0, np.iinfo(np.int32).max))
    rows, orders = list(range(n)), []
    for _ in range(epochs):
        x = seed
        for i in range(n - 1):
            x ^= x << 13 & 0xFFFFFFFF
            x ^= x >> 17
            x ^= x << 5 & 0xFFFFFFFF
            j = i + x % 2**31 % (n - i)
            rows[i], rows[j] = rows[j], rows[i]
        orders.append(np.array(rows))
    return orders
