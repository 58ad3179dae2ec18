"""Descent: its floor, its spread, the rates that it bears, how near it should come."""

import dataclasses
import hashlib
import math

import numpy as np

from .sums import ALONE, blocks

RATE_ROWS = 10000  # enough for the stable rate of any data
MOST_KEPT = 64
kept_rates = {}  # of rows met lately: the stages of a run ask for the same one


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


def sampled_stable_lr(features, batch_size, everyone=ALONE):
    """Return largest_stable_lr of at most RATE_ROWS rows, spread evenly over all.

    everyone: as Alone says; the mean over the processes that have rows, alike for all.
    """
    rows, found = features[:: -(-len(features) // RATE_ROWS) or 1], np.zeros(2)
    if len(rows):  # a worker may have none
        found[:] = kept_stable_lr(rows, batch_size), 1
    total, count = everyone.sum(found)
    return float(total / count)


def kept_stable_lr(rows, batch_size):
    """Return largest_stable_lr, looked for once; rows are known by what they hold.

    A hundred columns take 0.3 s, and 2 ms to be known again. (Not by which array it is:
    that may have been changed since.)
    """
    digest = hashlib.blake2b(rows.tobytes()).digest()
    key = digest, rows.shape, rows.dtype, batch_size
    if key not in kept_rates:
        if len(kept_rates) >= MOST_KEPT:
            kept_rates.clear()
        kept_rates[key] = largest_stable_lr(rows, batch_size)
    return kept_rates[key]


def surely_stable(features, lr):
    """Return whether no batch of any size lets descent grow: lr max |z|^2 < 2.

    A batch multiplies the error by I - lr mean(z z'), and that matrix is no larger than
    its largest |z|^2. One pass over the data, where largest_stable_lr takes many.
    """
    parts = (features[rows] for rows in blocks(*features.shape))
    norms = (float(np.einsum("nd,nd->n", x, x).max()) for x in parts)
    largest = max(norms, default=0.0)
    return lr * (largest + 1) < 2


def second_moment(features, everyone=ALONE):
    """Return Z'Z / n of Z = [X, 1], float64 (d + 1, d + 1): descent contracts by it.

    everyone: as Alone says.
    """
    n, d = features.shape
    total = np.zeros((d + 1, d + 1))
    for rows in blocks(n, d):
        X = features[rows]
        Z = np.column_stack([X, np.ones(len(X))]).astype(np.float64)
        total += Z.T @ Z
    return everyone.sum(total) / everyone.sum(np.float64(n))


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
