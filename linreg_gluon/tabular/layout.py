"""What kind of file is this: separator, encoding, header, what stands above it.

Found from the first lines, once; what the caller says is taken as said.
"""

import collections
import csv
import dataclasses
import re
from typing import Dict, Optional, Tuple

from ..config import InputError
from .cells import form_of, signatures
from .files import Lines, opened, reader, survey

SEPARATORS = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "pipes",
    " ": "runs of blanks",
}
SAMPLE_LINES, SAMPLE_SIZE = 500, 1 << 18
ROWS_JUDGED = 200
YEAR = re.compile(r"(1[5-9]|2[01])\d\d")


@dataclasses.dataclass(frozen=True)
class Reading:
    """What the caller says of a file; None: to be found. header: "none" or a line.

    na: the words that mark a gap beside the empty cell; None: those in use.
    """

    sep: Optional[str] = None
    encoding: Optional[str] = None
    decimal: Optional[str] = None
    thousands: Optional[str] = None
    header: Optional[str] = None
    names: Optional[Tuple[str, ...]] = None
    comment: Optional[str] = None
    na: Optional[Tuple[str, ...]] = None

    def __post_init__(self):
        if self.sep is not None and len(self.sep) != 1:
            raise InputError(f"--sep {self.sep!r}: give one sign, or ' ' for blanks")
        if self.decimal not in (None, ".", ","):
            raise InputError(f"--decimal {self.decimal!r}: give . or ,")
        if self.thousands not in (None, ".", ",", " ", "'", "none"):
            raise InputError(f"--thousands {self.thousands!r}: give , . ' or a blank")
        if self.thousands in (".", ","):
            other = ",."[self.thousands == ","]
            if self.decimal not in (None, other):
                raise InputError("--thousands and --decimal must be different signs")
            object.__setattr__(self, "decimal", other)
        header = str(self.header or 1)
        if header != "none" and not (header.isdigit() and int(header)):
            raise InputError(f"--header {self.header!r}: give none or a line's number")


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a file is read. columns: its names; unnamed: the positions of made-up ones.

    header: the line that names the columns, None: they are named here. skip: physical
    lines before the rows. above: the lines above the header, as (number, text). lines,
    size: as in files.Survey. head: the names as the file has them. repeated: {position: the name that another has, too}.
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

    @property
    def most_rows(self):
        """At most how many rows the file can hold."""
        lines = self.lines + 1 - self.skip
        return max(1, min(lines, self.size // len(self.columns) + 1))

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
        found += [f"the next {n} is {self.columns[i]}" for i, n in self.repeated.items()]
        return found


def shortened(text, most=40):
    """Return a text cut to so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3] + "..."


def find_layout(path, told=Reading(), wanted=()):
    """Return a file's Layout; InputError where none fits.

    wanted: names that the caller uses for columns: a line that holds one is the header.
    """
    seen = survey(path, told.encoding)
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
    """Return the first lines that are not blank, as (number, text), and if these are all.

    At least two lines, however long they are.
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


def is_number(cell):
    """Return whether a cell can be a number, in any notation, or a gap."""
    form = form_of(signatures([cell.replace("\n", " ")])[0])
    return form.kind in ("number", "gap")


def named(layout, rows, told, hints):
    """Return a Layout with its header found among the first rows and its names made."""
    path, (wanted, comments) = layout.path, hints
    width = collections.Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    if told.header is None:
        start = first_of_table(rows, width)
    elif told.header == "none":
        start = 0
    else:
        start = line_index(path, rows, int(told.header))
    above = [(line, ", ".join(filter(None, cells))) for line, cells in rows[:start]]
    above = [(line, text.strip()) for line, text in comments] + above
    (line, first), body = rows[start], [cells for _, cells in rows[start + 1 :]]
    has_header = told.header not in (None, "none") or (
        told.header is None
        and told.names is None
        and (bool(set(first) & set(wanted)) or is_header(first, body, width))
    )
    if has_header:
        names, skip, header = first, line, line
        names = fit_names(names, body)
    else:
        names, header = None, None
        skip = rows[start - 1][0] if start else 0
        hashed = header_in_comment(comments, width, layout.sep)
        if hashed and told.names is None and told.header is None:
            (header, names), above = hashed, [a for a in above if a[0] != hashed[0]]
    raw = names if told.names is None else ()
    names, repeated = finished(names, told, width, path)
    return dataclasses.replace(
        layout,
        columns=names,
        repeated=repeated,
        head=tuple(raw) if raw else names,
        unnamed=tuple(i for i, name in enumerate(raw or ()) if not name),
        header=header if told.names is None or has_header else None,
        skip=skip,
        above=tuple(above),
    )


def first_of_table(rows, width):
    """Return the index of the first row that is neither a title nor empty."""
    for i, (_, cells) in enumerate(rows):
        filled = sum(map(bool, cells))
        title = filled <= 1 < width and (len(cells) == 1 or len(cells) == width > 2)
        if not title:
            return i
    return 0


def line_index(path, rows, number):
    """Return which of the rows stands in a line; InputError if none does."""
    for i, (line, _) in enumerate(rows):
        if line == number:
            return i
    raise InputError(f"{path}: --header {number}: there is no row in that line")


def is_header(first, body, width):
    """Return whether a first row names the columns below it, and is no row itself.

    It does not if it is all numbers, or mostly numbers (years aside) in columns of
    numbers.
    """
    cells = [cell for cell in first if cell]
    digits = [cell for cell in cells if is_number(cell)]
    if not cells or not first[0] and len(first) > 1:
        return True
    if len(digits) == len(cells):
        return False
    fractions = [cell for cell in digits if not YEAR.fullmatch(cell)]
    if 2 * len(fractions) <= len(cells) or len(set(cells)) < 2:
        return True
    below = body[:ROWS_JUDGED] or [first]
    return not all(
        is_number(row[i])
        for i, cell in enumerate(first)
        if is_number(cell)
        for row in below
        if i < len(row)
    )


def header_in_comment(comments, width, sep):
    """Return (line, names) of a last comment that names all columns, else None."""
    for line, text in comments[-1:]:
        for cells in (c for _, c in parsed([(line, text.lstrip("# "))], sep)):
            if len(cells) == width and not any(map(is_number, cells)):
                return line, cells
    return None


def fit_names(names, body):
    """Return a header's names as many as the rows have cells, where that is no fault.

    Rows may end in a delimiter where the header does not, or the other way round; and
    their first cells may be row names, as R writes them.
    """
    widths = {len(cells) for cells in body}
    if widths == {len(names) + 1}:
        if not any(cells[-1] for cells in body):
            return [*names, ""]
        first = [cells[0] for cells in body]
        numbers = list(map(str, range(len(first) + 1)))
        counted = first in (numbers[:-1], numbers[1:])
        texts = not any(map(is_number, first)) and len(set(first)) == len(first)
        if counted and len(first) > 2 or texts:
            return ["", *names]
    if widths == {len(names) - 1} and not names[-1] and len(names) > 1:
        return names[:-1]
    return names


def finished(names, told, width, path):
    """Return (names as used, each once, {position: name} of those that repeat one)."""
    if told.names is not None:
        wanted = len(names) if names else width
        if len(told.names) != wanted:
            fault = f"{len(told.names)} --names, but the file has {wanted} columns"
            raise InputError(f"{path}: {fault}")
        names = told.names
    if names is None:
        names = ["x%d" % i for i in range(1, width + 1)]
    taken, used, repeated, counts = set(names), [], {}, collections.Counter()
    for i, name in enumerate(names):
        name = name or "column %d" % (i + 1)
        counts[name] += 1
        new = name
        if counts[name] > 1:
            repeated[i] = name
            while new in taken:
                new = "%s_%d" % (name, counts[name])
                counts[name] += new in taken
        taken.add(new)
        used.append(new)
    return tuple(used), repeated
