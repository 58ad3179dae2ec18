"""Many processes read one file together: each its range of bytes, and nobody the rest.

What a range shows is put together, and everybody decides the same from it. Rows stay
with who read them. Anything out of the ordinary, such as a fault to name, is left to
the reading of all rows by each: then ``shared`` returns None to all of them.
"""

import os
from typing import NamedTuple

import numpy as np

from ..config import InputError
from ..theory import blocks
from . import merging
from .files import Look, opened
from .fingerprints import LEAF, Leaves, root
from .limits import check_wide
from .merging import exchanged
from .plan import Plan
from .ranges import begin, cuts, shareable, spans
from .texts import Text
from .tidying import Gathered, Growing, squeezed, tidy

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
    source: Text
    first: int


def shared(reader_of, path, told, wanted, everyone):
    """Return a Share of a file, or None where each process is to read all of it.

    reader_of(source): a reading.Reader. told, wanted: as for layout.find_layout.
    everyone: as theory.Alone says; all call this at once. Raises InputError, on all,
    for columns that cannot be used, and where the file is not the same for all.
    """
    try:
        found = shareable(path, told, wanted, everyone.size)
        reader = reader_of(Text(found[0], told)) if found else None
        if reader and reader.choices.missing == "mean":
            found = None
    except InputError:  # the reading of all rows says it better
        found = None
    size = os.path.getsize(path) if os.path.exists(path) else -1
    told = exchanged(everyone, [size, bool(found)])
    if any(each != told[0] for each in told):
        sizes = ", ".join(str(each[0]) if each[0] >= 0 else "none" for each in told)
        fault = f"is not one file for all workers (bytes: {sizes}); give all the same"
        raise InputError(f"{path}: {fault}")
    if not found:
        return None
    try:
        return Sharing(reader, found[1], everyone).read()
    except Apart:
        return None


class Sharing:
    """One process's part in reading. reader: of the whole file, whose rows begin at the
    byte body. everyone: as theory.Alone says.
    """

    def __init__(self, reader, body, everyone):
        self.reader, self.body, self.everyone = reader, body, everyone
        self.source, self.rank = reader.source, everyone.rank

    def together(self, work):
        """Return what work() returns to each; Apart, to all, if one finds a fault."""
        try:
            mine = work()
        except (InputError, ValueError, OverflowError):
            mine = None
        told = exchanged(self.everyone, mine)
        if any(each is None for each in told):
            raise Apart
        return told

    def read(self):
        """Return the Share."""
        reader, layout = self.reader, self.source.layout
        edges = cuts(self.body, layout.size, self.everyone.size)
        own = edges[self.rank : self.rank + 2]
        begins = self.together(lambda: self.begin(*own))
        self.span = spans(begins, edges)[self.rank]
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
        values, plan = tidy(values, plan, layout.path, reader.choices, **told)
        counts = exchanged(self.everyone, len(values))
        if min(counts) < LEAST_ROWS:
            raise Apart
        first, n = sum(counts[: self.rank]), sum(counts)
        sha256 = fingerprint(values, first, n, self.everyone)
        return Share(values, plan, n, sha256, None, self.source, first)

    def begin(self, first, after):
        """Return where this process's rows begin, as it seems."""
        return first if first == self.body else begin(self.source.layout, first, after)

    def look(self):
        """Return (Scans of all rows, positions of plain numbers).

        found: the numbers of the own rows, None unless all columns are plain numbers.
        """
        reader, plain = self.reader, self.reader.guess()
        told = self.together(lambda: self.scan(plain))
        if WRONG in told:
            if reader.choices.strict:
                raise Apart
            plain = frozenset()
            told = self.together(lambda: self.scan(plain))
        columns = zip(*(part["columns"] for part in told))
        scans = [merging.merged(parts) for parts in columns]
        if reader.choices.strict and any(scan.gaps for scan in scans):
            raise Apart
        self.settle(Look.merged([part["look"] for part in told]))
        return scans, plain

    def scan(self, plain):
        """Return what the own rows show, as JSON's types; plain: of plain numbers."""
        span, layout = self.span, self.source.layout
        rows = Text(layout.at(*span), self.source.told)
        rows.look = look = Look()
        if not self.rank:
            with opened(layout.path) as file:
                look.add(layout.path, file.read(self.body), wide=False)

        def done():
            return min(1, max(look.size, 1) / max(span[1] - span[0], 1))

        def sink(most_rows, names):
            return Growing(most_rows, names, self.reader.empty, done)

        self.reader.rows = rows
        try:
            scans, self.found = self.reader.scan(plain, sink)
        except InputError:
            raise
        except (ValueError, OverflowError):
            return WRONG
        rows.look, self.n = None, scans[-1].rows
        return {"columns": list(map(merging.told, scans)), "look": look.told()}

    def settle(self, look):
        """Correct what the first bytes let expect of the file; look: of all bytes.

        Apart where they were of another encoding.
        """
        layout, source = self.source.layout, self.source
        if look.size != layout.size:
            raise Apart
        if source.told.encoding is None and look.encoding() != layout.encoding:
            raise Apart
        source.settle(look.lines)
        if not self.reader.choices.wide:
            check_wide(source, self.reader.positions)

    def encode(self, plan, plain):
        """Turn the own rows into numbers, found."""
        names = [*plan.names, plan.target]
        self.found = Gathered(self.n, names, self.reader.empty)
        for block in self.reader.blocks(plan, plain):
            self.found.take(block.T)
        return True


def fingerprint(values, first, n, everyone):
    """Return the fingerprint of the n rows of all, of which these are the next.

    A leaf is made where it begins. The rows that it has elsewhere are exchanged, which
    are fewer than LEAF of each process.
    """
    width = values.shape[1]
    ahead = min(-first % LEAF, len(values))  # of a leaf that began before
    sent = np.ascontiguousarray(values[:ahead], "<f8").tobytes()
    rest = b"".join(everyone.gather(sent)[everyone.rank + 1 :])
    own = Leaves()
    if ahead < len(values):
        for part in blocks(len(values) - ahead):
            own.add(values[ahead:][part])
        missing = -(len(values) - ahead) % LEAF
        later = np.frombuffer(rest[: missing * width * 8], "<f8")
        own.add(later.reshape(-1, width))
    every = everyone.gather(b"".join(own.leaves))
    return root((n, width), every)
