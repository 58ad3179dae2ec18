"""Between a table and training: which rows train, and which are held out."""

import contextlib
import dataclasses

import numpy as np

from ..config import InputError, check_int
from ..theory import blocks
from .fingerprints import fingerprint

DTYPES = "float32", "float64"


@dataclasses.dataclass(frozen=True)
class Preparation:
    """What is done with a table before training sees it.

    holdout: share of the rows to test on, at least 0 and below 1. standardize: train in
    units of mean 0 and sd 1. seed: decides who is held out. dtype: float32 or float64,
    what is trained in. log_target: learn the logarithm of the target. Raises
    ValueError naming the field and the value.
    """

    holdout: float = 0.0
    standardize: bool = True
    seed: int = 0
    dtype: str = DTYPES[0]
    log_target: bool = False

    def __post_init__(self):
        check_share(self.holdout)
        check_int("seed", self.seed, 0)
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype must be one of {DTYPES}, got {self.dtype!r}")


def check_share(holdout):
    """Raise ValueError unless holdout is at least 0 and below 1."""
    if not 0 <= holdout < 1:
        raise ValueError(f"holdout must be at least 0 and below 1, got {holdout}")


def split_rows(n, share, seed):
    """Return the numbers of the rows to train on and of those held out, ascending.

    A function of (n, share, seed) decides who goes where. Raises ValueError unless
    0 <= share < 1 and at least one row is left to train on.
    """
    check_share(share)
    held = max(1, round(n * share)) if share else 0
    if held >= n:
        raise ValueError(f"holdout {share} of {n} rows leaves none to train on")
    if not held:
        return np.arange(n), np.arange(0)
    # [seed, epoch] are the epochs' generators; a third number is a stream of its own
    order = np.random.default_rng([seed, 0, 1]).permutation(n)
    return np.sort(order[held:]), np.sort(order[:held])


@contextlib.contextmanager
def held_out_last(values, is_held, empty=np.empty):
    """Yield how many rows of values (n, k) train; meanwhile those held out stand last.

    is_held: bool (n,). Both parts keep their order. The rows are moved in place, for a
    copy of a large table may not fit, and afterwards are where they were. empty: makes
    the array of those held out that is needed for it.
    """
    first, last = np.flatnonzero(~is_held), np.flatnonzero(is_held)
    moved = gathered(values, last, empty)
    moving = list(blocks(len(first) if len(last) else 0))
    for rows in moving:  # first[i] >= i: what is still to move stays intact
        values[rows] = values[first[rows]]
    values[len(first) :] = moved
    del moved  # not kept while the rest is prepared
    try:
        yield len(first)
    finally:
        moved = gathered(values, np.arange(len(first), len(values)), empty)
        for rows in reversed(moving):
            values[first[rows]] = values[rows].copy()
        for rows in blocks(len(last)):
            values[last[rows]] = moved[rows]


def gathered(values, rows, empty):
    """Return a copy of some rows (m,) of values (n, k)."""
    copy = empty((len(rows), values.shape[1]), values.dtype)
    for part in blocks(len(rows)):
        copy[part] = values[rows[part]]
    return copy


def own_rows(n, preparation, everyone, first_own=None, count=0):
    """Return (train, held, count): which of a table's n rows a process has, bool (n,).

    everyone: as theory.Alone says. Each process owns its part of the rows that anybody
    trains on; those held out are all kept by rank 0, which reports. Or it has what was
    given to it: count rows from the number first_own on. The last of what is returned
    is how many rows anybody trains on. Raises InputError where some process would have
    none to train on.
    """
    try:
        first, last = split_rows(n, preparation.holdout, preparation.seed)
    except ValueError as error:
        raise InputError("--%s" % error) from None
    if len(first) < everyone.size:
        raise InputError(
            f"{len(first)} rows to train on are too few for {everyone.size} workers; "
            "start fewer"
        )
    train, held = np.zeros(n, bool), np.zeros(n, bool)
    if first_own is not None:
        given = slice(first_own, first_own + count)
        held[last] = train[given] = True
        train &= ~held
        held[: given.start] = held[given.stop :] = False
        return train, held, len(first)
    train[first[everyone.owned(len(first))]] = True
    held[last] = everyone.rank == 0
    return train, held, len(first)


def facts(data, preparation):
    """Return by what a run's data are known again, as a dict of JSON's types."""
    return {
        "rows": data.rows or len(data.values),
        "sha256": data.sha256 or fingerprint(data.values),
        "holdout": preparation.holdout,
        "standardize": preparation.standardize,
        "log_target": preparation.log_target,
    }


def check_enough(data, n, holdout):
    """Raise InputError where a file's n rows to train on settle not all parameters."""
    wide = data.plan and data.plan.told.get("wide")
    if data.path and n <= len(data.names) and not wide:
        raise InputError(
            f"--holdout {holdout:g} leaves {n} rows to train on, too few for "
            f"{len(data.names)} features and a bias; hold out less"
        )


def check_each_trains(n, holdout, everyone):
    """Raise InputError, on all processes, where one has no row to train on, n: own."""
    if everyone.sum(np.float64(n == 0)):
        raise InputError(
            f"--holdout {holdout:g} leaves a worker no row to train on, of those that "
            "it read; hold out less, or start fewer"
        )
