"""How much weight decay is best: by leaving each row out once, in closed form."""

import numpy as np

from .sums import blocks, moments

LEAST, MOST = 1e-7, 10  # of the largest eigenvalue: where the search begins and ends
STEPS = 41  # of each of the two searches


class LeaveOneOut:
    """What ridge regression predicts each row of (n, d), (n,) from the others.

    With centred columns X = U diag(s) V', weight decay c and the hat matrix's diagonal

        h_i = 1 / n + sum_j (x_i' V)_j^2 / (s_j^2 + n c)

    a row's error without it is e_i / (1 - h_i), where e_i is the one with it: the whole
    penalty n c stays as it is (Allen, 1974; Golub, Heath and Wahba, 1979).
    """

    def __init__(self, features, labels):
        self.features, self.labels = features, labels
        self.mean, self.mean_y = moments(features)[0], float(moments(labels)[0])
        n, d = features.shape
        H, g = np.zeros((d, d)), np.zeros(d)
        for rows in blocks(n):
            X = features[rows] - self.mean
            H += X.T @ X / n
            g += X.T @ (labels[rows] - self.mean_y) / n
        values, basis = np.linalg.eigh(H)
        has = values > 1e-12 * values[-1]
        self.values, self.basis = values[has], basis[:, has]
        self.g = self.basis.T @ g

    def errors(self, weight_decays):
        """Return the mean squared error, (k,), at each of k weight decays.

        inf where a row decides its own prediction.
        """
        n, total = len(self.labels), np.zeros(len(weight_decays))
        shrunk = 1 / (self.values[:, None] + np.asarray(weight_decays))
        for rows in blocks(n):
            A = (self.features[rows] - self.mean) @ self.basis
            y = (self.labels[rows] - self.mean_y)[:, None]
            error = y - A @ (self.g[:, None] * shrunk)
            left = 1 - 1 / n - A**2 @ shrunk / n
            error = np.where(left > 1e-9, error / np.maximum(left, 1e-9), np.inf)
            total += (error**2).sum(axis=0)
        return total / n

    def best(self):
        """Return the weight decay with the least error, 0.0 where none helps.

        Looked for over eight decades below ten times the largest eigenvalue of X'X / n,
        and then between the best one's neighbours.
        """
        if not len(self.values):
            return 0.0
        grid = self.values[-1] * np.geomspace(LEAST, MOST, STEPS)
        for _ in range(2):
            at = int(np.argmin(self.errors(grid)))
            low, high = grid[max(at - 1, 0)], grid[min(at + 1, STEPS - 1)]
            best, grid = grid[at], np.geomspace(low, high, STEPS)
        none, least = self.errors([0.0, best])
        return 0.0 if none <= least else float(best)
