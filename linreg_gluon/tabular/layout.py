"""What kind of file is this: separator, encoding, comments, header.

Found from the first lines, once; what the caller says is taken as said.
"""

import collections
import dataclasses
from typing import Dict, Optional, Tuple

from ..config import InputError
from .cells import is_number
from .files import opened, survey
from .header import ROWS_JUDGED, named
from .records import Lines, parsed
from .told import Reading
from .wording import shortened

SEPARATORS = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "pipes",
    " ": "runs of blanks",
}
SAMPLE_LINES, SAMPLE_SIZE = 500, 1 << 18


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a file is read. columns: its names; unnamed: the positions of made-up ones.

    header: the line that names the columns, None: they are named here. skip: physical
    lines before the rows. above: the lines above the header, as (number, text). lines,
    size: as in files.Survey. head: the names as the file has them. repeated: {position:
    the name that another has, too}. span: (first, stop), the bytes of the rows, where
    they are a part of the file's.
    """

    path: str
    columns: Tuple[str, ...]
    sep: str = ","
    encoding: str = "utf-8-sig"
    header: Optional[int] = 1
    skip: int = 1
    comment: Optional[str] = None
    above: Tuple[Tuple[int, str], ...] = ()
    lines: int = 0
    size: int = 0
    repeated: Dict[int, str] = dataclasses.field(default_factory=dict)
    unnamed: Tuple[int, ...] = ()
    head: Tuple[str, ...] = ()
    span: Optional[Tuple[int, int]] = None

    @property
    def most_rows(self):
        """At most how many rows the file can hold."""
        lines = self.lines + 1 - self.skip
        return max(1, min(lines, self.size // len(self.columns) + 1))

    def at(self, first, stop):
        """Return the Layout of the rows in some of the bytes, which begin with one."""
        size, encoding = stop - first, self.encoding
        if first and encoding == "utf-8-sig":  # which would drop a mark amid the file
            encoding = "utf-8"
        told = {"encoding": encoding, "skip": 0, "span": (first, stop), "size": size}
        lines = -(-self.lines * size // max(1, self.size))
        return dataclasses.replace(self, lines=lines, **told)

    def said(self):
        """Return what is not as plain as it could be, in words."""
        found = [] if self.sep == "," else [SEPARATORS.get(self.sep, repr(self.sep))]
        if not self.encoding.lower().startswith(("utf-8", "utf8")):
            found.append(self.encoding)
        if self.above:
            number, text = self.above[0]
            rest = len(self.above) - 1
            more = f" and {rest} more above the header" if rest else ""
            found.append(f"without line {number} ({shortened(text)!r}){more}")
        if self.header is None:
            first, last = self.columns[0], self.columns[-1]
            found.append(f"no header, columns named {first} ... {last}")
        again = self.repeated.items()
        found += [f"the next {name} is {self.columns[i]}" for i, name in again]
        return found


def find_layout(path, told=Reading(), wanted=(), seen=None):
    """Return a file's Layout; InputError where none fits.

    wanted: names that the caller uses for columns: a line that holds one is the header.
    seen: the file's Survey, where there is one.
    """
    seen = seen or survey(path, told.encoding)
    plain = Layout(path, (), encoding=seen.encoding, skip=0, comment=told.comment)
    sample, whole = head(plain)
    comments = [number for number, line in sample if line.lstrip()[:1] == "#"]
    comment = told.comment
    if comment is None and comments and comments[0] == sample[0][0]:
        comment = "#"
    rows = [s for s in sample if not (comment and s[1].startswith(comment))]
    if not rows:
        raise InputError(f"{path}: holds nothing but comments; it needs rows")
    sep = told.sep or best_separator([line for _, line in rows])
    found = parsed(rows, sep)
    if not found:
        fault = "not valid CSV: a quote is opened and not closed; check the quotes"
        raise InputError(f"{path}: {fault}")
    if not whole and len(found) > 2:
        found.pop()  # it may have been cut
    return named(
        dataclasses.replace(
            plain, sep=sep, comment=comment, lines=seen.lines, size=seen.size
        ),
        found,
        told,
        (wanted, [s for s in sample if comment and s[1].startswith(comment)]),
    )


def head(layout):
    """Return the first lines that are not blank, and whether these are all.

    As (number, text); at least two lines, however long they are.
    """
    sample, size = [], 0
    with opened(layout.path) as file:
        lines = Lines(layout.path, file, dataclasses.replace(layout, comment=None))
        for line in lines:
            if line.strip():
                sample.append((lines.number, line))
                size += len(line)
            enough = lines.number > SAMPLE_LINES or size > SAMPLE_SIZE
            if enough and len(sample) > 1 or lines.number > 20 * SAMPLE_LINES:
                break
        whole = next(iter(lines), None) is None
        lines.text.detach()
    if not sample:
        raise InputError(f"{layout.path}: is empty; it needs a header and rows")
    return sample, whole


def best_separator(lines):
    """Return the separator that gives most rows alike, and of these most numbers."""

    def merit(sep):
        rows = [cells for _, cells in parsed(list(enumerate(lines, 1)), sep)]
        if not rows:
            return 0, 0
        width, count = collections.Counter(map(len, rows)).most_common(1)[0]
        if width < 2:
            return 0, 0
        below = rows[1:ROWS_JUDGED] or rows  # the first may be a header
        cells = [c for row in below if len(row) == width for c in row][: 1 << 16]
        numeric = sum(map(is_number, cells))
        return count / len(rows), numeric / max(1, len(cells))

    best = max(SEPARATORS, key=merit)  # the first of equals
    return best if merit(best) > (0, 0) else ","
