"""Which bytes of a file each of many processes reads: whole records, each byte once.

Where a record begins is *believed*, from what follows: a line end may stand in quotes
that were opened long before. Reading then proves it. The first range begins with a
record; whoever reads a range that begins with one, and does not end it within quotes,
has read whole records, so the next range begins with one, too.
"""

import codecs
import csv
import re

from .files import BOMS, PART, Look, glance, opened
from .layout import find_layout
from .records import reader
from .texts import Text
from .tidying import Growing

WINDOW = 1 << 16  # bytes that are looked at first
JUDGED = 1 << 18  # bytes by which it is decided which of two line ends is one
LINE_END = re.compile(rb"\r\n|\n|\r")
AS_ASCII = re.compile(r"utf-8(-sig)?|ascii|iso8859-\d+|cp125\d")  # bytes below 128


def shareable(path, told, wanted, everyone):
    """Return this process's Part of a text file, None where each is to read all.

    told, wanted: as for layout.find_layout, which errors are from. everyone: as
    theory.Alone says.
    """
    seen, first = glance(path, told.encoding)
    try:
        encoding = codecs.lookup(seen.encoding).name
    except LookupError:
        return None
    if first[:2] in BOMS or not AS_ASCII.fullmatch(encoding):
        return None
    layout = find_layout(path, told, wanted, seen)
    ends = [found.end() for found in LINE_END.finditer(first[: PART - 1])]
    if layout.skip > len(ends):
        return None
    body = ends[layout.skip - 1] if layout.skip else 0
    return Part(Text(layout, told), body, everyone)


class Part:
    """One process's part of a text file. source: the file, rows begin at byte body."""

    def __init__(self, source, body, everyone):
        self.source, self.body, self.everyone = source, body, everyone

    def find(self, together):
        """Find the own bytes; together(work): what work() returns to each process."""
        layout, rank = self.source.layout, self.everyone.rank
        edges = cuts(self.body, layout.size, self.everyone.size)
        first, after = edges[rank : rank + 2]
        begins = together(lambda: first if first == self.body
                          else begin(layout, first, after))  # fmt: skip
        self.span = spans(begins, edges)[rank]

    def own(self):
        """Return the source of the own rows, as they are now to be looked at."""
        layout = self.source.layout
        rows = Text(layout.at(*self.span), self.source.told)
        rows.look = self.look = Look()
        if not self.everyone.rank:
            with opened(layout.path) as file:
                self.look.add(layout.path, file.read(self.body), wide=False)
        return rows

    def sink(self, most_rows, names, empty):
        """Return what takes the own rows."""
        first, stop = self.span

        def done():
            return min(1, max(self.look.size, 1) / max(stop - first, 1))

        return Growing(most_rows, names, empty, done)

    def seen(self):
        """Return what is to be told of the own rows, besides their columns."""
        return self.look.told()

    def settle(self, told):
        """Correct what the first bytes let expect; told: what each has seen.

        Returns whether it may be corrected: not of another encoding.
        """
        look, layout = Look.merged(told), self.source.layout
        if look.size != layout.size:
            return False
        self.source.settle(look.lines)
        return self.source.told.encoding or look.encoding() == layout.encoding


def cuts(first, stop, size):
    """Return where so many ranges of bytes first to stop would begin, and stop."""
    return [first + (stop - first) * i // size for i in range(size + 1)]


def begin(layout, first, stop):
    """Return where the first record seems to begin, from byte first on, at most stop.

    layout: of the whole file. What is returned stands behind a line end.
    """
    with opened(layout.path) as file:
        file.seek(first - 1)
        text, room = b"", WINDOW
        while True:
            more = file.read(room - len(text))
            text, whole = text + more, not more or first - 1 + room >= stop
            found = after_lines(text)
            judged = whole or len(text) >= JUDGED
            if found and (judged or b'"' not in text):
                break
            if whole:
                return stop
            room *= 2
    best = min(found, key=lambda place: (misfits(text[place:], layout), place))
    return min(first - 1 + best, stop)


def after_lines(text):
    """Return the first places in bytes behind a line end outside quotes, if any.

    One if text begins outside quotes, and one if it begins within them.
    """
    found, at, within = {}, 0, False
    for piece in text.split(b'"'):
        place = piece.find(b"\n")
        if place >= 0:
            found.setdefault(within, at + place + 1)
        if len(found) == 2:
            break
        at, within = at + len(piece) + 1, not within
    return sorted(found.values())


def misfits(text, layout):
    """Return how many of the records in bytes are odd, if they begin with one.

    They have more or fewer cells than there are columns, or a cell with a quote that
    has no other: the end of one that was cut. The last one does not count.
    """
    lines = text[:JUDGED].decode(layout.encoding, "replace").splitlines(True)
    lines = (line for line in lines if not line.startswith(layout.comment or "\n"))
    try:
        rows = list(reader(lines, layout.sep))[:-1]
    except csv.Error:
        return JUDGED
    widths = 0, len(layout.columns)
    unpaired = sum(cell.count('"') % 2 for cells in rows for cell in cells)
    return sum(len(cells) not in widths for cells in rows) + unpaired


def spans(begins, edges):
    """Return (first, stop) of each process's bytes; begins: found from its edge on.

    Where no record begins before the next edge, the range is empty.
    """
    found = [edges[-1]]
    for place, edge in reversed(list(zip(begins, edges[1:]))):
        found.insert(0, place if place < edge else found[0])
    return list(zip(found, found[1:]))
