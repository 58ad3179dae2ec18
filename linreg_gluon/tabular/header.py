"""Which line names the columns, what stands above it, and what the names become."""

import collections
import dataclasses
import re

from ..config import InputError
from .cells import is_number
from .records import parsed

ROWS_JUDGED = 200
YEAR = re.compile(r"(1[5-9]|2[01])\d\d")


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
