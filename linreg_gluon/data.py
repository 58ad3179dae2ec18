"""Data at the border, always NumPy: features (n, d), labels (n,); and batch order."""

import numpy as np

from .config import Fit, check_int
from .theory import blocks

MAX_EXAMPLES = 2**31 - 1  # MXNet's row indices are int32
PART = 2**17  # numbers: what Converted makes of them is in a processor's cache
AT_ONCE = 2**20  # numbers: all of a large epoch would need the data's memory twice


def synthetic_data(true_w, true_b, num_examples, noise_sd, seed):
    """Return the lecture's kind of data (step 1): X ~ N(0, 1), y = X w + b + noise.

    true_w: d numbers. noise_sd: standard deviation of the Gaussian noise, >= 0.
    Returns features float32 (num_examples, d) and labels float32 (num_examples,).
    Raises ValueError naming the argument and the value.
    """
    w = np.asarray(true_w, dtype=np.float64)
    if w.ndim != 1 or w.size == 0 or not np.isfinite(w).all():
        raise ValueError(f"true_w must be one or more finite numbers, got {true_w!r}")
    if not np.isfinite(true_b):
        raise ValueError(f"true_b must be finite, got {true_b!r}")
    if not (np.isfinite(noise_sd) and noise_sd >= 0):
        raise ValueError(f"noise_sd must be finite and at least 0, got {noise_sd!r}")
    check_int("num_examples", num_examples, 1, MAX_EXAMPLES)
    check_int("seed", seed, 0)
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((num_examples, w.size), dtype=np.float32)
    noise = noise_sd * rng.standard_normal(num_examples)
    with np.errstate(over="ignore"):
        labels = (features @ w + true_b + noise).astype(np.float32)
    if not np.isfinite(labels).all():
        raise ValueError(f"true_w must leave labels within float32, got {true_w!r}")
    return features, labels


def epoch_order(num_examples, seed, epoch):
    """Return the order in which an epoch visits the examples: int64 (num_examples,).

    A pure function: same arguments, same permutation, whatever ran before. Everything
    that resumes, splits or compares runs stands on this.
    """
    return np.random.default_rng([seed, epoch]).permutation(num_examples)


def batch_order(num_examples, batch_size, seed, epoch):
    """Yield the index array of each batch of an epoch (step 3), every example once.

    epoch counts from 0. The last batch may be short; a batch_size above num_examples
    gives one batch of them all. Raises ValueError naming the argument and the value.
    """
    check_int("num_examples", num_examples, 1)
    check_int("batch_size", batch_size, 1)
    order = epoch_order(num_examples, seed, epoch)
    return (order[i : i + batch_size] for i in range(0, num_examples, batch_size))


def examples_at_once(features, batch_size):
    """Return how many examples to copy at once, in whole batches: AT_ONCE numbers."""
    batch = batch_size * max(1, features.size // len(features))
    return batch_size * max(1, AT_ONCE // batch)


class Converted:
    """Features (n, d) that are made of others as they are looked at, a part at a time.

    array: (n, d), or what gives rows of one by slices and index arrays. convert(rows
    (m, d)) returns (m, d) of dtype, row by row. What can be trained on at once is
    small; the whole of it is never there.
    """

    ndim = 2

    def __init__(self, array, convert, dtype):
        self.array, self.convert, self.dtype = array, convert, np.dtype(dtype)
        self.shape = array.shape
        self.size = self.shape[0] * self.shape[1]
        self.at_once = max(1, PART // self.shape[1])  # rows

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, part):
        rows, many = self.array[part], self.at_once
        if len(rows) <= many:
            return self.convert(rows)
        found = np.empty(rows.shape, self.dtype)
        for i in range(0, len(rows), many):
            found[i : i + many] = self.convert(rows[i : i + many])
        return found

    def take(self, rows, axis=0, out=None, mode="clip"):
        """Return, or write into out, rows of any shape; row n is clipped to n - 1."""
        found = out
        if out is None:
            found = np.empty((*rows.shape, self.shape[1]), self.dtype)
        flat, to = rows.reshape(-1), found.reshape(-1, self.shape[1])
        for i in range(0, len(flat), self.at_once):
            part = slice(i, i + self.at_once)
            to[part] = self[np.minimum(flat[part], len(self) - 1)]
        return found


def check_data(features, labels):
    """Raise ValueError unless features (n, d) and labels (n,) can be trained on.

    Both are finite NumPy arrays with n >= 1 and d >= 1, float32 (or both float64: then
    the whole run is in float64). Nothing is converted: that could hide a mistake.
    """
    check_arrays(features, labels)
    check_finite(features, labels)


def check_arrays(features, labels):
    """Raise ValueError unless types, shapes and dtypes are as check_data wants them."""
    for name, array, ndim in (("features", features, 2), ("labels", labels, 1)):
        if not isinstance(array, np.ndarray):
            kind, remedy = type(array).__name__, conversion(array, name)
            raise ValueError(f"{name} must be a NumPy array, got {kind}: type {remedy}")
        if array.dtype not in (np.float32, np.float64):
            raise ValueError(f"{name} must be float32 or float64, got {array.dtype}")
        if array.ndim != ndim or 0 in array.shape:
            wanted = "(n, d) with n, d >= 1" if ndim == 2 else "(n,) with n >= 1"
            raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")
    if len(features) != len(labels):
        raise ValueError(f"labels has {len(labels)} rows, features has {len(features)}")
    if features.dtype != labels.dtype:
        raise ValueError(f"labels is {labels.dtype}, features is {features.dtype}")


def conversion(array, name):
    """Return what to type for a NumPy array of what was given under a name."""
    if hasattr(array, "asnumpy"):  # an NDArray
        return f"{name}.asnumpy()"
    if hasattr(array, "to_numpy"):  # a DataFrame or a Series
        return f'{name}.to_numpy("float32")'
    if hasattr(array, "toarray"):  # a sparse matrix
        return f'{name}.toarray().astype("float32")'
    return f'numpy.asarray({name}, "float32")'


def check_finite(features, labels):
    """Raise ValueError naming the first value, of features or labels, that is not."""
    for name, array in (("features", features), ("labels", labels)):
        for rows in blocks(len(array)):
            part = array[rows]
            finite = np.isfinite(part)
            if finite.all():
                continue
            first, *rest = at = tuple(int(i) for i in np.argwhere(~finite)[0])
            where = ", ".join(map(str, (rows.start + first, *rest)))
            raise ValueError(f"{name} must be finite, got {part[at]} at [{where}]")


def check_start(start, num_inputs):
    """Return the Fit to start from, or None for fresh weights.

    start: None, a Fit, or an initial (w, b). Raises ValueError unless w is num_inputs
    finite numbers and b is one.
    """
    if start is None:
        return None
    try:
        fit = start if isinstance(start, Fit) else Fit(*start)
        w, b = np.asarray(fit.w, dtype=np.float64), np.asarray(fit.b, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"start must be a Fit or (w, b), got {start!r}") from None
    if w.shape != (num_inputs,) or not np.isfinite(w).all():
        raise ValueError(
            f"start's w must be {num_inputs} finite numbers, got {fit.w!r}"
        )
    if b.shape != () or not np.isfinite(b):
        raise ValueError(f"start's b must be one finite number, got {fit.b!r}")
    return fit
