"""A CSV file as the standard library reads it: it knows the line of each fault."""

import contextlib
import csv
import gzip
import itertools
import re
import zlib
from typing import NamedTuple, Tuple

from ..config import InputError

NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.I | re.A)
NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity|na|n/a|null|none)\s*", re.I)
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*")
DELIMITERS = ",;\t"


class Layout(NamedTuple):
    """What a CSV file's first line says: the names of its columns and the delimiter."""

    path: str
    columns: Tuple[str, ...]
    delimiter: str


@contextlib.contextmanager
def opened(path):
    """Open a CSV file, gzipped or not, for reading bytes; or raise InputError."""
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            yield file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"a damaged gzip file ({error})"
        raise InputError(f"{path}: cannot be read: {reason}") from None


def decoded(path, file):
    """Yield a file's lines as text; InputError naming the line that is not UTF-8."""
    for number, line in enumerate(file, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path}, line {number}: not UTF-8 ({error.reason}); save it as UTF-8"
            ) from None


def delimiter_of(header):
    """Return the delimiter that a header line holds most of, outside quotes."""
    return max(DELIMITERS, key=re.sub('"[^"]*"', "", header).count)


def first_line(path, lines):
    """Return the first line that is not blank; InputError if there is none."""
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise InputError(f"{path}: is empty; it needs a header and rows")
    if "\r" in first.rstrip("\r\n"):
        raise InputError(f"{path}: lines end in CR alone; save it with LF or CRLF")
    return first


def records(path):
    """Yield (line number, cells) for each record of a file, the header first.

    Raises InputError where the file cannot be read as CSV.
    """
    with opened(path) as file:
        lines = decoded(path, file)
        first = first_line(path, lines)
        reader = csv.reader(
            itertools.chain([first], lines), delimiter=delimiter_of(first), strict=True
        )
        try:
            yield from ((reader.line_num, cells) for cells in reader if cells)
        except csv.Error as error:
            fault = f"not valid CSV ({error}); check the quotes"
            raise InputError(f"{path}, line {reader.line_num}: {fault}") from None


def read_layout(path):
    """Return a file's Layout; InputError unless each column has a name of its own."""
    with opened(path) as file:
        delimiter = delimiter_of(first_line(path, decoded(path, file)))
    line, columns = next(records(path))
    for i, name in enumerate(columns):
        if not name.strip():
            raise InputError(
                f"{path}, line {line}: column {i + 1} has no name; give it one"
            )
        if name in columns[:i]:
            raise InputError(f"{path}, line {line}: two columns are named {name!r}")
    return Layout(path, tuple(columns), delimiter)


def count_lines(path):
    """Return how many lines end in a file; InputError where it holds a NUL byte."""
    lines = 0
    with opened(path) as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            lines += part.count(b"\n")
            if b"\0" in part:  # pandas would end the cell there, silently
                raise InputError(f"{path}: holds a NUL byte, so it is not a text file")
    return lines


def check_cell(cell, largest):
    """Raise ValueError with the fault and the remedy unless cell is a finite number."""
    if not cell.strip():
        raise ValueError("the cell is empty; fill it in or delete the row")
    if NOT_FINITE.fullmatch(cell):
        raise ValueError(
            f"{cell!r} is not a finite number; fill it in or delete the row"
        )
    if not NUMBER.fullmatch(cell):
        comma = DECIMAL_COMMA.fullmatch(cell)
        remedy = "write 1.5, not 1,5" if comma else "leave the column out or encode it"
        raise ValueError(f"{cell!r} is not a number; {remedy}")
    if abs(float(cell)) > largest:
        raise ValueError(
            f"{cell} is too large (limit {largest:.3g}); use a larger unit"
        )


def find_fault(layout, picked, largest, rows=None):
    """Walk the first rows (None: all) and raise InputError at the first fault."""
    path, columns, _ = layout
    for line, cells in itertools.islice(records(path), 1, rows and rows + 1):
        if len(cells) != len(columns):
            wanted = f"the header has {len(columns)} columns"
            raise InputError(f"{path}, line {line}: {len(cells)} cells, but {wanted}")
        for i in picked:
            try:
                check_cell(cells[i], largest)
            except ValueError as error:
                where = f"{path}, line {line}, column {columns[i]!r}"
                raise InputError(f"{where}: {error}") from None
