"""A target that is learned as its logarithm: where it has none is said."""

import contextlib

import numpy as np

from ..config import InputError
from ..theory import ALONE, exchanged


@contextlib.contextmanager
def in_logarithms(data, wanted, kept=slice(None), everyone=ALONE):
    """Let a Table's target be its logarithm meanwhile, if wanted; it is put back after.

    kept: bool (n,), which of all rows data's are. everyone: as theory.Alone says.
    Raises InputError, on all, naming the first row whose target is not positive.
    """
    if not wanted:
        yield
        return
    labels = data.labels
    check_positive(data, kept, everyone)
    own = labels.copy()
    np.log(labels, out=labels)
    try:
        yield
    finally:
        labels[:] = own


def check_positive(data, kept, everyone):
    """Raise InputError where a process has a target that is not positive."""
    bad, first = np.flatnonzero(~(data.labels > 0)), []
    if len(bad):
        row = np.flatnonzero(kept)[bad[0]] if data.rows else bad[0]
        first = [[int(row), float(data.labels[bad[0]])]]
    told = exchanged(everyone, [len(bad), first])
    count = sum(n for n, _ in told)
    if not count:
        return
    row, value = min(each for _, first in told for each in first)
    (place,) = data.places([row - (data.first or 0)])
    where = f"{data.path}, {place}" if data.path else place
    text = f"{where}, column {data.target!r}: {value:g} has no logarithm"
    more = f" ({count} rows have none)" if count > 1 else ""
    raise InputError(f"{text}{more}; leave out --log-target, or such rows")
