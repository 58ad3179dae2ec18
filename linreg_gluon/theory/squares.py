"""Least squares in float64: what training should come to, and how sure that is."""

import dataclasses
import math

import numpy as np

from .sums import ALONE, BLOCK, blocks, moments

CONSTANT = 1e-14  # sd against mean: below it a column differs by rounding alone
DEPENDENT = 1e-12  # what a column adds to the others against its own size


@dataclasses.dataclass(frozen=True, eq=False)
class LeastSquares:
    """The exact minimiser of the mean squared error, with its uncertainty.

    w, se_w: (d,) coefficients and their standard errors. b, se_b: floats. residual_sd:
    sqrt(RSS / (n - d - 1)). r2: 1 - RSS / total sum of squares. loss: mean half squared
    error, the floor of what training prints. mean, scale: (d,) of the features, and
    root: (d, d), R^-1 of the features in these units. Standard errors and residual_sd
    are nan where n = d + 1 leaves nothing to estimate them from.
    """

    w: np.ndarray
    b: float
    se_w: np.ndarray
    se_b: float
    residual_sd: float
    r2: float
    loss: float
    mean: np.ndarray = None
    scale: np.ndarray = None
    root: np.ndarray = None


def least_squares(features, labels, everyone=ALONE):
    """Solve min |X w + b - y|^2 in float64 and return a LeastSquares.

    features (n, d), labels (n,), any real dtype. Columns are centred and scaled before
    a QR factorisation: that keeps the digits that raw columns of unlike size lose.

        S_j = (X_j - mean_j) / s_j = (Q R)_j,  v = R^-1 Q'(y - mean_y),  w = v / s,
        b = mean_y - mean . w,
        Cov(v) = sigma^2 (R'R)^-1,  Var(b) = sigma^2 / n + m' Cov(v) m,  m = mean / s
    (Golub and Van Loan, Matrix Computations, 5.3; Draper and Smith, chapter 5.)
    Raises ValueError when n < d + 1 or the columns are linearly dependent.
    """
    features, labels = np.asarray(features), np.asarray(labels)
    n, d = int(everyone.sum(np.float64(len(features)))), features.shape[1]
    if n < d + 1:
        raise ValueError(f"{d} features and a bias need {d + 1} examples, got {n}")
    mean, scale = moments(features, everyone)
    mean_y, scale_y = moments(labels, everyone)
    if not (scale > CONSTANT * np.abs(mean)).all():
        raise ValueError("a column of features is constant: it is the bias again")
    R = _triangle(features, labels, mean, scale, mean_y, everyone)
    R, projected, rest = R[:d, :d], R[:d, d], R[d, d]
    if np.abs(np.diag(R)).min() < DEPENDENT * np.abs(np.diag(R)).max():
        raise ValueError("columns of features are linearly dependent")
    R_inverse = np.linalg.inv(R)
    w = np.linalg.solve(R, projected) / scale
    rss, tss, free = rest**2, n * scale_y**2, n - d - 1
    sigma = math.sqrt(rss / free) if free else math.nan
    return LeastSquares(
        w=w,
        b=float(mean_y - mean @ w),
        se_w=sigma * np.sqrt((R_inverse**2).sum(axis=1)) / scale,
        se_b=float(sigma * math.sqrt(1 / n + ((mean / scale @ R_inverse) ** 2).sum())),
        residual_sd=sigma,
        r2=float(1 - rss / tss) if tss else math.nan,
        loss=float(rss / (2 * n)),
        mean=mean,
        scale=scale,
        root=R_inverse,
    )


def _triangle(features, labels, mean, scale, mean_y, everyone=ALONE):
    """Return R of the QR factorisation of [S, y - mean_y], one block of rows at a time.

    Its last column holds Q'(y - mean_y) and, in the corner, the root of the residual
    sum of squares (Golub and Van Loan, 5.3.2 for the corner; the R of stacked Rs is the
    R of the stacked rows).
    """
    R = np.empty((0, len(mean) + 1))
    for rows in blocks(len(labels)):
        S, y = (features[rows] - mean) / scale, labels[rows] - mean_y
        R = np.linalg.qr(np.vstack([R, np.column_stack([S, y])]), mode="r")
    if everyone.size > 1:
        stacked = np.zeros((everyone.size, R.shape[1], R.shape[1]))
        stacked[everyone.rank, : len(R)] = R
        stacked = everyone.sum(stacked).reshape(-1, R.shape[1])
        R = np.linalg.qr(stacked, mode="r")
    return R


def ridge(features, labels, weight_decay):
    """Return (w, b), float64, that weight decay leads to: b is not decayed.

    The minimiser of |X w + b - y|^2 / 2n + weight_decay |w|^2 / 2 (Hoerl and Kennard,
    1970), which is unique whatever the columns, for weight_decay > 0.
    """
    n, d = features.shape
    mean, mean_y = moments(features)[0], moments(labels)[0]
    H, g = weight_decay * np.eye(d), np.zeros(d)
    for rows in blocks(n):
        X = features[rows] - mean
        H += X.T @ X / n
        g += X.T @ (labels[rows] - mean_y) / n
    w = np.linalg.solve(H, g)
    return w, float(mean_y - mean @ w)


def dependencies(features, everyone=ALONE):
    """Return {j: [k, ...]}: column j of features is a combination of the columns k.

    features (n, d), n > d. An empty list: column j is constant, as the bias is.
    """
    mean, scale = moments(features, everyone)
    found = {int(j): [] for j in np.flatnonzero(scale <= CONSTANT * np.abs(mean))}
    scale = np.where(scale > 0, scale, 1)
    least = DEPENDENT * math.sqrt(everyone.sum(np.float64(len(features))))
    for part in features[:BLOCK], features:  # what adds in some rows adds in all
        R = _triangle(part, np.zeros(len(part)), mean, scale, 0.0, everyone)
        adds = np.abs(np.diag(R)[: len(mean)]) > least
        if not found and len(adds) == len(mean) and adds.all():
            return found  # each column adds to those before it
    return {**found, **combinations(R[:, : len(mean)], found)}


def combinations(R, skipped=()):
    """Return {j: [k, ...]}: column j of R (m, d) is a combination of the columns k.

    Those stand before it, and none of them is in skipped. R: the centred columns, or
    the triangle of their QR factorisation, which is as good.
    """
    sizes = np.linalg.norm(R, axis=0)
    varied = [j for j in range(R.shape[1]) if j not in skipped]
    R = R / np.where(sizes > 0, sizes, 1)
    kept, dependent, basis = [], [], np.zeros((len(R), len(varied)))
    for j in varied:
        rest, before = R[:, j], basis[:, : len(kept)]
        for _ in range(2):  # twice: what rounding left of the first
            rest = rest - before @ (before.T @ rest)
        size = np.linalg.norm(rest)
        if size > DEPENDENT:
            basis[:, len(kept)] = rest / size
            kept.append(j)
        else:
            dependent.append(j)
    shares = np.linalg.lstsq(R[:, kept], R[:, dependent], rcond=None)[0]
    return {
        j: [k for k, share in zip(kept, used) if abs(share) > 1e-6]
        for j, used in zip(dependent, shares.T)
    }
