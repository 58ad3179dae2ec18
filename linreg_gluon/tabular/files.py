"""The bytes of a file: unpacked, looked through once, and walked record by record.

pandas reads tables; this room tells it where they begin, and the user in which line a
fault lies. Everything here is linear in the bytes, however hostile they are.
"""

import codecs
import contextlib
import csv
import gzip
import io
import zlib
from typing import NamedTuple

from ..config import InputError

LINE_LIMIT = 1 << 24  # bytes of a line: longer ones are no table's
AHEAD = 1 << 25  # bytes for one block of rows: an open quote would swallow the file
PART = 1 << 20
NOT_WINDOWS = {0x81, 0x8D, 0x8F, 0x90, 0x9D}  # bytes without a meaning in cp1252
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Survey(NamedTuple):
    """A file at a glance: its encoding, its bytes, and at most how many lines."""

    encoding: str
    size: int
    lines: int


@contextlib.contextmanager
def opened(path):
    """Open a file, gzipped or not, for reading bytes; or raise InputError."""
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            yield file
    except InputError:
        raise
    except (UnicodeError, LookupError) as error:
        fault = f"cannot be decoded ({error}); name the encoding with --encoding"
        raise InputError(f"{path}: {fault}") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"a damaged gzip file ({error})"
        raise InputError(f"{path}: cannot be read: {reason}") from None


def survey(path, encoding=None):
    """Walk a file once and return its Survey; InputError where it is no text."""
    look = _Look()
    with opened(path) as file:
        for part in iter(lambda: file.read(PART), b""):
            if not look.size and encoding is None:
                encoding = BOMS.get(part[:2])
            look.add(path, part, wide=(encoding or "").lower().startswith("utf-16"))
    if not look.size:
        raise InputError(f"{path}: is empty; it needs a header and rows")
    return Survey(encoding or look.encoding(), look.size, look.lines)


class _Look:
    """What survey has seen of a file so far."""

    def __init__(self):
        self.size = self.lines = self.since_line_end = 0
        self.decoder, self.bytes = codecs.getincrementaldecoder("utf-8")(), set()

    def add(self, path, part, wide):
        """Take in the next bytes; wide: of UTF-16, where NUL bytes are right."""
        ends = part.count(b"\n")
        if b"\r" in part:
            ends += part.count(b"\r") - part.count(b"\r\n")
        last = max(part.rfind(b"\n"), part.rfind(b"\r"))
        self.since_line_end = len(part) - 1 - last + (last < 0) * self.since_line_end
        self.size, self.lines = self.size + len(part), self.lines + ends
        if not wide and b"\0" in part:  # pandas would end the cell there, silently
            raise InputError(f"{path}: holds a NUL byte, so it is not a text file")
        if self.since_line_end > LINE_LIMIT:
            fault = f"is longer than {LINE_LIMIT >> 20} MB; no table has such lines"
            raise InputError(f"{path}, line {self.lines + 1}: {fault}")
        if not (wide or part.isascii()):
            self.bytes |= set(part)
        if self.decoder and not wide:
            try:
                self.decoder.decode(part)
            except UnicodeDecodeError:
                self.decoder = None

    def encoding(self):
        """Return UTF-8 where all bytes are, else the Western one that they fit."""
        if self.decoder and not self.decoder.getstate()[0]:
            return "utf-8-sig"
        windows = any(0x80 <= byte < 0xA0 for byte in self.bytes)
        return "cp1252" if windows and not self.bytes & NOT_WINDOWS else "latin-1"


class _Metered(io.RawIOBase):
    """Bytes of a file, refused when too many are read since ``seen`` was set to 0."""

    def __init__(self, path, file):
        self.path, self.file, self.seen = path, file, 0

    def readable(self):
        return True

    def readinto(self, buffer):
        part = self.file.read(len(buffer))
        buffer[: len(part)] = part
        self.seen += len(part)
        if self.seen > AHEAD:
            fault = "not valid CSV: a quote is opened and not closed; check the quotes"
            raise InputError(f"{self.path}: {fault}")
        return len(part)


class Lines:
    """A file's text from a line on, without lines of comment; pandas can read it.

    number: of the physical line that was given last. meter: as _Metered; set ``seen``.
    """

    def __init__(self, path, file, layout):
        self.meter = _Metered(path, file)
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
def lines(path, layout):
    """Open a file as Lines, from the first line of its rows on."""
    with opened(path) as file:
        found = Lines(path, file, layout)
        yield found
        found.text.detach()  # the file is closed by whom it was opened


def reader(text_lines, sep, strict=False):
    """Return a csv.reader over lines of text; sep " " stands for runs of blanks."""
    if sep == " ":
        text_lines = (line.replace("\t", " ").rstrip() for line in text_lines)
    blanks = {"skipinitialspace": True, "strict": strict}
    return csv.reader(text_lines, delimiter=sep, **blanks)


def records(path, layout, strict=True):
    """Yield (line number, cells) for each row of a file below its header.

    Raises InputError where the file cannot be read as CSV.
    """
    with lines(path, layout) as text:
        try:
            for cells in reader(text, layout.sep, strict):
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
            if set(map(len, reader(text.quickest, layout.sep))) <= {0, width}:
                return
        except csv.Error:
            pass  # the walk below says where
    for line, cells in records(path, layout):
        if len(cells) != width:
            wanted = f"the header has {width} columns"
            raise InputError(f"{path}, line {line}: {len(cells)} cells, but {wanted}")
