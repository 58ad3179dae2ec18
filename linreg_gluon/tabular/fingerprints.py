"""By what a table's rows are known again: a tree of hashes, whoever reads them.

    leaf_i = sha256(rows i LEAF .. (i + 1) LEAF - 1, float64, little-endian, row by row)
    root   = sha256("n k\\n", leaf_0, leaf_1, ...)          for n rows of k numbers

So processes that read a part of the rows each can hash the leaves that begin in theirs,
and whoever has all leaves has the root. Older models hold one sha256 of all rows, the
flat one; it is taken only to know the data of such a model again.
"""

import hashlib

import numpy as np

from ..config import InputError
from ..theory import blocks

LEAF = 1024  # rows; another number would be another fingerprint
KIND = "sha256-tree:"  # begins a root, and no flat one


class Leaves:
    """The leaves of rows that come one after another, the first of them a leaf's."""

    def __init__(self):
        self.closed, self.open, self.filled = [], hashlib.sha256(), 0

    def add(self, rows):
        """Add the next rows, (m, k); how they are cut changes nothing."""
        done = 0
        while done < len(rows):
            part = rows[done : done + LEAF - self.filled]
            self.open.update(as_bytes(part))
            done += len(part)
            self.filled += len(part)
            if self.filled == LEAF:
                self.closed.append(self.open.digest())
                self.open, self.filled = hashlib.sha256(), 0

    @property
    def leaves(self):
        """The digests, 32 bytes each, in order; the last may be of fewer rows."""
        return self.closed + ([self.open.digest()] if self.filled else [])


class Flat:
    """The flat sha256 of values that will be (n, k), while their rows come."""

    def __init__(self, shape):
        self.digest = hashlib.sha256(repr(tuple(map(int, shape))).encode())

    def add(self, rows):
        """Add the next rows, (m, k)."""
        self.digest.update(as_bytes(rows))


class Marks:
    """Both fingerprints of values that will be (n, k); flat: whether that one, too."""

    def __init__(self, shape, flat=False):
        self.shape, self.tree = shape, Leaves()
        self.flat = Flat(shape) if flat else None

    def add(self, rows):
        """Add the next rows, (m, k)."""
        self.tree.add(rows)
        if self.flat:
            self.flat.add(rows)

    def found(self):
        """Return (the root, the flat one in hex or None) of all rows."""
        flat = self.flat and self.flat.digest.hexdigest()
        return root(self.shape, self.tree.leaves), flat


def root(shape, leaves):
    """Return the fingerprint, KIND and hex, of values (n, k) with all these leaves."""
    start = b"%d %d\n" % tuple(shape)
    return KIND + hashlib.sha256(start + b"".join(leaves)).hexdigest()


def fingerprint(values):
    """Return the root of float64 values (n, k)."""
    marks = Marks(values.shape)
    for rows in blocks(len(values)):
        marks.add(values[rows])
    return marks.found()[0]


def flat_fingerprint(values):
    """Return the flat sha256, in hex, of float64 values (n, k)."""
    flat = Flat(values.shape)
    for rows in blocks(len(values)):
        flat.add(values[rows])
    return flat.digest.hexdigest()


def knows_flat(model):
    """Return whether a Model, or None, knows its data by the flat fingerprint."""
    known = model.data.get("sha256") if model else None
    return isinstance(known, str) and not known.startswith(KIND)


def older_facts(data, resumed):
    """Return {} or {"sha256"}: by what a Model, or None, knows a Table otherwise."""
    if not knows_flat(resumed):
        return {}
    return {"sha256": data.flat_sha256 or flat_fingerprint(data.values)}


def check_knows(keeping, known):
    """Raise InputError where a kept.Keeping's model needs facts of the older kind."""
    if knows_flat(keeping.resumed) and known["sha256"].startswith(KIND):
        raise InputError(
            f"--resume {keeping.resume}: the model is of an older version; give it to "
            "Experiment(..., resumed=model), which then takes its kind of sha256"
        )


def as_bytes(rows):
    """Return rows, (m, k), as the bytes that are hashed."""
    return np.asarray(rows, "<f8").tobytes()
