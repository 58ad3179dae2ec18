"""Many processes read one file together: each its part, and nobody the rest.

That is a range of bytes of a text file (ranges), or groups of rows of Parquet (groups).

What a part shows is put together, and everybody decides the same from it. Rows stay
with who read them. Anything out of the ordinary, such as a fault to name, is left to
the reading of all rows by each: then ``shared`` returns None to all of them.
"""

import os
from typing import NamedTuple

import numpy as np

from .. import theory
from ..config import InputError
from . import groups, merging, ranges
from .fingerprints import LEAF, Leaves, root
from .frames import ENGINES
from .limits import check_wide
from .plan import Plan
from .tidying import Gathered, squeezed, tidy

LEAST = 1 << 20  # bytes for each process: a smaller file is soon read by each
LEAST_ROWS = 100  # of each process: with fewer reading is no work that is worth a share
WRONG = "not as it seemed"  # columns of plain numbers


class Apart(Exception):
    """All processes are to read all rows, each for itself."""


class Share(NamedTuple):
    """What shared returns: values (m, d + 1), this process's rows, first their number.

    plan, rows, sha256: of all rows. source: the whole file.
    """

    values: np.ndarray
    plan: Plan
    rows: int
    sha256: str
    flat_sha256: None
    source: object
    first: int


def shared(reader_of, path, told, wanted, everyone):
    """Return a Share of a file, or None where each process is to read all of it.

    reader_of(source): a reading.Reader. told, wanted: as for layout.find_layout.
    everyone: as theory.Alone says; all call this at once. Raises InputError, on all,
    for columns that cannot be used, and where the file is not the same for all.
    """
    size = os.path.getsize(path) if os.path.isfile(path) else -1
    part = None
    try:
        if size >= everyone.size * LEAST:
            part = part_of(path, told, wanted, everyone)
        reader = reader_of(part.source) if part else None
        if reader and reader.choices.missing == "mean":
            part = None
    except InputError:  # the reading of all rows says it better
        part = None
    told = theory.exchanged(everyone, [size, bool(part)])
    if any(each != size for each, _ in told):
        sizes = ", ".join(str(each) if each >= 0 else "none" for each, _ in told)
        fault = f"is not one file for all workers (bytes: {sizes}); give all the same"
        raise InputError(f"{path}: {fault}")
    if not all(found for _, found in told):
        return None
    try:
        return Sharing(reader, part, everyone).read()
    except Apart:
        return None


def part_of(path, told, wanted, everyone):
    """Return this process's Part of a file, of bytes or groups of rows, or None."""
    ending = os.path.splitext(path)[1].lower()
    if ending == ".parquet":
        return groups.shareable(path, told, everyone.rank, everyone.size)
    if ending == ".gz" or ending in ENGINES:
        return None
    return ranges.shareable(path, told, wanted, everyone)


class Sharing:
    """One process's part in reading. reader: of the whole file. part: a ranges.Part or
    groups.Part. everyone: as theory.Alone says.
    """

    def __init__(self, reader, part, everyone):
        self.reader, self.part, self.everyone = reader, part, everyone
        self.source, self.rank = reader.source, everyone.rank

    def together(self, work):
        """Return what work() returns to each; Apart, to all, if one finds a fault."""
        try:
            mine = work()
        except (InputError, ValueError, OverflowError):
            mine = None
        told = theory.exchanged(self.everyone, mine)
        if any(each is None for each in told):
            raise Apart
        return told

    def read(self):
        """Return the Share."""
        reader = self.reader
        self.part.find(self.together)
        scans, plain = self.look()
        plan, used = reader.decide(scans)
        if self.found is None:
            self.together(lambda: self.encode(plan, plain))
            used = reader.names
        values = self.found.values[: self.found.n]
        self.found = None
        if len(used) < len(reader.names):
            values = squeezed(values, columns=used)
        told = {"asked": reader.asked, "everyone": self.everyone}
        values, plan = tidy(values, plan, self.source.path, reader.choices, **told)
        counts = theory.exchanged(self.everyone, len(values))
        if min(counts) < LEAST_ROWS:
            raise Apart
        first, n = sum(counts[: self.rank]), sum(counts)
        sha256 = fingerprint(values, counts, self.everyone)
        return Share(values, plan, n, sha256, None, self.source, first)

    def look(self):
        """Return (Scans of all rows, positions of plain numbers).

        found: the numbers of the own rows, None unless all columns are plain numbers.
        """
        reader, plain = self.reader, self.reader.guess()
        told = self.together(lambda: self.scan(plain))
        if WRONG in told and not reader.choices.strict:
            plain = frozenset()
            told = self.together(lambda: self.scan(plain))
        if WRONG in told:
            raise Apart
        columns = zip(*(part["columns"] for part in told))
        scans = [merging.merged(parts) for parts in columns]
        if reader.choices.strict and any(scan.gaps for scan in scans):
            raise Apart
        if not self.part.settle([part["seen"] for part in told]):
            raise Apart
        if not reader.choices.wide:
            check_wide(self.source, reader.positions)
        return scans, plain

    def scan(self, plain):
        """Return what the own rows show, as JSON's types; plain: of plain numbers."""
        empty, self.reader.rows = self.reader.empty, self.part.own()
        try:
            scans, self.found = self.reader.scan(
                plain, lambda *told: self.part.sink(*told, empty)
            )
        except InputError:
            raise
        except (ValueError, OverflowError):
            return WRONG
        self.n = scans[-1].rows
        return {"columns": list(map(merging.told, scans)), "seen": self.part.seen()}

    def encode(self, plan, plain):
        """Turn the own rows into numbers, found."""
        names = [*plan.names, plan.target]
        self.found = Gathered(self.n, names, self.reader.empty)
        for block in self.reader.blocks(plan, plain):
            self.found.take(block.T)
        return True


def fingerprint(values, counts, everyone):
    """Return the fingerprint of the rows of all, so many of each process.

    values: the own rows. A leaf is made by who has its first row.
    """
    width, own = values.shape[1], Leaves()
    owners = theory.Owners(counts, LEAF)
    begin, later = owners.completed(values, everyone)
    for part in theory.blocks(len(values) - begin):
        own.add(values[begin:][part])
    own.add(later)
    digests = b"".join(own.leaves)  # of 32 bytes each
    every = everyone.gather(digests, 32 * owners.many)
    return root((sum(counts), width), every)
