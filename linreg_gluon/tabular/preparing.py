"""Between a table and training: the held-out part, and how good a fit is."""

import hashlib

import numpy as np

from ..theory import blocks, moments


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
