"""What theory says the numbers should be: where tolerances and advice come from.

Notation: n examples, d features, z = [x, 1], theta = [w, b], noise sd sigma, batches
of B, learning rate lr, T steps. Everything is computed in float64.
"""

import dataclasses
import math

import numpy as np

BLOCK = 32768  # rows in float64 at a time: bounds the memory, whatever n is
CONSTANT = 1e-14  # sd against mean: below it a column differs by rounding alone
DEPENDENT = 1e-12  # what a column adds to the others against its own size


def blocks(n):
    """Yield the slices that walk n rows, BLOCK at a time, and end at n."""
    return (slice(i, min(i + BLOCK, n)) for i in range(0, n, BLOCK))


class Alone:
    """The only process of a run: its sums are whole. parallel.Worker is one of many.

    A function that takes ``everyone`` is called by all of them at once, each with its
    own rows of the data, and returns the same to each.
    """

    rank, size = 0, 1
    num_examples = None  # of all processes, where each is given its own rows alone

    def sum(self, array):
        """Return the sum over all processes of a float64 array."""
        return array

    def owned(self, num_examples):
        """Return the slice of so many rows that this process owns."""
        return slice(0, num_examples)


ALONE = Alone()


def moments(array, everyone=ALONE):
    """Return mean and sd (divisor n) of each column of (n, d) or (n,), in float64."""
    parts = [array[rows] for rows in blocks(len(array))]
    n = everyone.sum(np.float64(len(array)))
    mean = everyone.sum(sum(part.sum(axis=0, dtype=np.float64) for part in parts)) / n
    square = everyone.sum(sum(((part - mean) ** 2).sum(axis=0) for part in parts)) / n
    return mean, np.sqrt(square)


@dataclasses.dataclass(frozen=True, eq=False)
class LeastSquares:
    """The exact minimiser of the mean squared error, with its uncertainty.

    w, se_w: (d,) coefficients and their standard errors. b, se_b: floats. residual_sd:
    sqrt(RSS / (n - d - 1)). r2: 1 - RSS / total sum of squares. loss: mean half squared
    error, the floor of what training prints. mean, scale: (d,) of the features, and
    root: (d, d), R^-1 of the features in these units. Standard errors and residual_sd are nan
    where n = d + 1 leaves nothing to estimate them from.
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
        se_b=float(
            sigma * math.sqrt(1 / n + (((mean / scale) @ R_inverse) ** 2).sum())
        ),
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
    varied = [j for j in range(len(mean)) if j not in found]
    scale = np.where(scale > 0, scale, 1)
    R = _triangle(features, np.zeros(len(features)), mean, scale, 0.0, everyone)
    least = DEPENDENT * math.sqrt(everyone.sum(np.float64(len(features))))
    if not found and (np.abs(np.diag(R)[: len(mean)]) > least).all():
        return found  # each column adds to those before it
    kept, dependent, basis = [], [], np.zeros((len(R), len(varied)))
    for j in varied:
        rest, before = R[:, j], basis[:, : len(kept)]
        for _ in range(2):  # twice: what rounding left of the first
            rest = rest - before @ (before.T @ rest)
        size = np.linalg.norm(rest)
        if size > least:
            basis[:, len(kept)] = rest / size
            kept.append(j)
        else:
            dependent.append(j)
    shares = np.linalg.lstsq(R[:, kept], R[:, dependent], rcond=None)[0]
    for j, used in zip(dependent, shares.T):
        found[j] = [k for k, share in zip(kept, used) if abs(share) > 1e-6]
    return found


def noise_floor(noise_sd):
    """Return sigma^2 / 2: the loss that the true parameters leave."""
    return noise_sd**2 / 2


def _gaussian_steps(config, num_inputs):
    """Return A (2, 2): a step's effect on errors of variance a of each w and c of b.

        C <- C - lr 2 C + lr^2 A C,    A = M / B + (1 - 1 / B) I,    X ~ N(0, I),

    with M [a, c] = [(d + 2) a + c, d a + c]: E[z z' C z z'] of C = diag(a, ..., a, c),
    by the fourth moments of a Gaussian. The step adds lr^2 sigma^2 / B to each.
    """
    d, share = num_inputs, 1 / config.batch_size
    return share * np.array([[d + 2.0, 1], [d, 1]]) + (1 - share) * np.eye(2)


def sgd_spread(config, noise_sd, num_inputs=1):
    """Return the sd around least squares at which constant-lr SGD keeps a parameter.

    The larger of w's and b's, for features (n, num_inputs) ~ N(0, I): the fixed point
    of one step's effect on the variances (Widrow and Hoff's LMS misadjustment; close to
    sigma sqrt(lr / (B (2 - lr)))). inf above the largest stable rate, where there is
    none.
    """
    A, lr = _gaussian_steps(config, num_inputs), config.lr
    if lr * np.linalg.eigvals(A).max() >= 2:
        return math.inf
    variances = np.linalg.solve(2 * np.eye(2) - lr * A, np.ones(2))
    return noise_sd * math.sqrt(lr / config.batch_size * variances.max())


def largest_stable_lr(features, batch_size=None):
    """Return the largest learning rate that descent on this data bears.

    Full batch (batch_size None): a step multiplies the error by I - lr H, H = Z'Z / n,
    Z = [X, 1]; it shrinks while lr lambda_max(H) < 2.

    Random batches of B, drawn without replacement: the error's covariance C follows

        C <- C - lr (H C + C H) + lr^2 K(C),    s = (n - B) / (B (n - 1)),
        K(C) = s E[z z' C z z'] + (1 - s) H C H

    and shrinks while lr < 1 / rho(T^-1 K), T(C) = H C + C H: the mean-square limit
    (Feuer and Weinstein, 1985, for B = 1). T is diagonal in H's eigenbasis, and power
    iteration finds rho, as T^-1 K keeps positive matrices positive.
    """
    n, eigenvalues, basis = len(features), *np.linalg.eigh(second_moment(features))
    if batch_size is None or batch_size >= n:
        return float(2 / eigenvalues[-1])
    Z = np.column_stack([features, np.ones(len(features))]).astype(np.float64)
    Z, share = Z @ basis, (n - batch_size) / (batch_size * (n - 1))
    sums = np.maximum(np.add.outer(eigenvalues, eigenvalues), 1e-12 * eigenvalues[-1])
    products = np.multiply.outer(eigenvalues, eigenvalues)
    C, rho = np.eye(len(eigenvalues)), 0.0
    for _ in range(200):
        weights = np.einsum("ni,ij,nj->n", Z, C, Z, optimize=True)
        K = share * (Z.T * weights) @ Z / len(Z) + (1 - share) * products * C
        before, C = rho, K / sums
        rho = np.linalg.norm(C)
        C /= rho
        if abs(rho - before) < 1e-6 * rho:
            break
    return float(1 / rho)


def surely_stable(features, lr):
    """Return whether no batch of any size lets descent grow: lr max |z|^2 < 2.

    A batch multiplies the error by I - lr mean(z z'), and that matrix is no larger than
    its largest |z|^2. One pass over the data, where largest_stable_lr takes many.
    """
    parts = (features[rows] for rows in blocks(len(features)))
    norms = (float(np.einsum("nd,nd->n", x, x).max()) for x in parts)
    largest = max(norms, default=0.0)
    return lr * (largest + 1) < 2


def second_moment(features):
    """Return Z'Z / n of Z = [X, 1], float64 (d + 1, d + 1): descent contracts by it."""
    n, d = features.shape
    total = np.zeros((d + 1, d + 1))
    for rows in blocks(n):
        X = features[rows]
        Z = np.column_stack([X, np.ones(len(X))]).astype(np.float64)
        total += Z.T @ Z
    return total / n


def recovery_tolerance(config, noise_sd, true_w, true_b, num_examples):
    """Return how far each learned parameter may lie from the true one, for X ~ N(0, I).

        5 sgd_spread + |theta| (g^(T/2) + eps / (2 lr)) + 5 sigma / sqrt(n)

    SGD's own spread; what is left of the start (near 0) after T steps, each of which
    multiplies its mean square by g at most; the float32 step that is too small to be
    added; and the standard error of least squares. Five standard deviations: 1 run in
    10^6 exceeds that. inf above the largest stable rate of that batch size: not
    defined.
    """
    config = dataclasses.replace(
        config, batch_size=min(config.batch_size, num_examples)
    )
    spread = sgd_spread(config, noise_sd, len(true_w))
    if not math.isfinite(spread):
        return math.inf
    steps, lr = (
        config.num_epochs * math.ceil(num_examples / config.batch_size),
        config.lr,
    )
    largest = np.linalg.eigvals(_gaussian_steps(config, len(true_w))).max()
    left = max(0.0, 1 - 2 * lr + lr**2 * largest) ** (steps / 2)
    left += min(1.0, np.finfo(np.float32).eps / (2 * lr))
    size = math.hypot(true_b, np.linalg.norm(true_w))
    return float(5 * spread + left * size + 5 * noise_sd / math.sqrt(num_examples))
