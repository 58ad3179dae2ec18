"""The rows of a text file, record by record, each with the number of its line.

pandas reads tables; this room tells it where they begin, and the user in which line a
fault lies. Everything here is linear in the bytes, however hostile they are.
"""

import contextlib
import csv
import io
import sys

from ..config import InputError
from .files import PART, opened

AHEAD = 1 << 25  # bytes for one block of rows: an open quote would swallow the file


class _Metered(io.RawIOBase):
    """Bytes of a file, refused when too many are read since ``seen`` was set to 0.

    span: (first, stop) of the bytes, None for all. look: a files.Look that is to see
    them, or None.
    """

    def __init__(self, path, file, span=None, look=None):
        self.path, self.file, self.seen, self.look = path, file, 0, look
        self.left = sys.maxsize
        if span:
            self.left = span[1] - file.seek(span[0])

    def readable(self):
        return True

    def readinto(self, buffer):
        part = self.file.read(min(len(buffer), self.left))
        buffer[: len(part)] = part
        self.left -= len(part)
        if self.look and part:
            self.look.add(self.path, part, wide=False)
        self.seen += len(part)
        if self.seen > AHEAD:
            fault = "not valid CSV: a quote is opened and not closed; check the quotes"
            raise InputError(f"{self.path}: {fault}")
        return len(part)


class Lines:
    """A file's text from a line on, without lines of comment; pandas can read it.

    number: of the physical line that was given last. meter: as _Metered; set ``seen``.
    """

    def __init__(self, path, file, layout, look=None):
        self.meter = _Metered(path, file, layout.span, look)
        buffered = io.BufferedReader(self.meter, PART)
        self.text = io.TextIOWrapper(buffered, layout.encoding, newline="")
        self.comment, self.number = layout.comment, 0
        for _ in range(layout.skip):
            self.text.readline()
            self.number += 1

    def __iter__(self):
        for line in self.text:
            self.number += 1
            if not (self.comment and line.startswith(self.comment)):
                yield line

    @property
    def quickest(self):
        """Its lines, without their numbers."""
        return self if self.comment else self.text

    def read(self, size=-1):
        """Return about so many characters: of whole lines where there are comments."""
        if not self.comment:
            return self.text.read(size)
        parts, left = [], size
        for line in self:
            parts.append(line)
            left -= len(line)
            if left <= 0 < size:
                break
        return "".join(parts)


@contextlib.contextmanager
def lines(path, layout, look=None):
    """Open a file as Lines, from the first line of its rows on; look: sees them."""
    with opened(path) as file:
        found = Lines(path, file, layout, look)
        yield found
        found.text.detach()  # the file is closed by whom it was opened


def reader(text_lines, sep, strict=False):
    """Return a csv.reader over lines of text; sep " " stands for runs of blanks."""
    if sep == " ":
        text_lines = (line.replace("\t", " ").rstrip() for line in text_lines)
    blanks = {"skipinitialspace": True, "strict": strict}
    return csv.reader(text_lines, delimiter=sep, **blanks)


def cells_of(text, text_lines, sep, strict=False):
    """Yield the cells of each row of Lines; text_lines: these, or their quickest.

    However many rows there are, only an open quote reads far ahead.
    """
    for cells in reader(text_lines, sep, strict):
        text.meter.seen = 0
        yield cells


def parsed(lines, sep):
    """Return [(number of the line in which it ends, cells)] of (number, text) lines."""
    number = [0]

    def texts():
        for number[0], line in lines:
            yield line

    rows = reader(texts(), sep)
    with_errors = iter(lambda: next(rows, None), None)
    found = []
    try:
        for cells in with_errors:
            found.append((number[0], [cell.strip() for cell in cells]))
    except csv.Error:  # reading the rows will say it better
        pass
    return [(line, cells) for line, cells in found if cells]


def records(path, layout, strict=True):
    """Yield (line number, cells) for each row of a file below its header.

    Raises InputError where the file cannot be read as CSV.
    """
    with lines(path, layout) as text:
        try:
            for cells in cells_of(text, text, layout.sep, strict):
                if any(map(str.strip, cells)) or len(cells) > 1:
                    yield text.number, cells
        except csv.Error as error:
            if "field larger" in str(error):
                error = f"a cell of more than {csv.field_size_limit()} characters"
            fault = f"not valid CSV ({error}); check the quotes"
            raise InputError(f"{path}, line {text.number}: {fault}") from None


def check_widths(path, layout):
    """Raise InputError at the first row that has more or fewer cells than columns."""
    width = len(layout.columns)
    with lines(path, layout) as text:
        try:
            if set(map(len, cells_of(text, text.quickest, layout.sep))) <= {0, width}:
                return
        except csv.Error:
            pass  # the walk below says where
    for line, cells in records(path, layout):
        if len(cells) != width:
            wanted = f"the header has {width} columns"
            raise InputError(f"{path}, line {line}: {len(cells)} cells, but {wanted}")
