"""What becomes of a column: numbers, truths, days, categories, or it is left out."""

import re

import numpy as np

from ..config import InputError
from .columns import Column
from .decimals import check_as_told
from .frames import import_pandas
from .sources import place
from .wording import shortened

MOST_CATEGORIES = 50
LONG_TEXT = 200  # characters: no name of a kind is longer
FEW_LEVELS = 5  # so many may a small table have, where a tenth of its rows is less
COUNTER = re.compile(r"unnamed: 0|rownames?|row|index|idx|s?\.?no\.?|nr|obs", re.I)
IDENTIFIER = re.compile(r"(.*[_ .-])?[iI][dD]|.*[a-z]I[dD]")


def decide(scan, source, choices, *, decimal=".", asked=False):
    """Return the Column that a Scan becomes, or a str: why it is left out.

    asked: the caller named it as a feature or as the target. Raises InputError where
    what the caller wants of it cannot be, or where two readings fit all its cells.
    """
    name = scan.name
    if scan.levels is not None and len(scan.levels) == 1:
        return "constant"
    if name in choices.categories:
        return category(scan)
    if name in choices.dates:
        return as_date(scan, source, choices.dates[name])
    if scan.rows == scan.gaps:
        return "empty"
    if 2 * scan.gaps > scan.rows and not asked:
        return f"{scan.gaps} of {scan.rows} cells are gaps"
    if scan.is_truth:
        return Column(name, "truth", unit=next(f.unit for f in scan.forms if f.unit))
    if scan.is_number:
        check_as_told(scan, source, decimal)
        if not asked and scan.first(lambda form: form.padded):
            return "an identifier: zeros lead its numbers"
        unit = max((form.unit for form in scan.forms), default="")
        signs = {form.grouped for form in scan.forms} - {decimal}
        odd = "".join(sorted({sign for form in scan.forms for sign in form.signs}))
        return Column(name, unit=unit, thousands=max(signs, default=""), signs=odd)
    if scan.dates and scan.count("text") == scan.rows - scan.gaps:
        return as_date(scan, source, None)
    return few_or_left_out(scan, source, asked)


def decide_target(scan, source, choices, *, decimal="."):
    """Return the target's Column; InputError unless it can be a number."""
    found = decide(scan, source, choices, decimal=decimal, asked=True)
    if isinstance(found, Column) and found.kind != "category":
        return found
    if found == "empty":
        fault = f"the target {scan.name!r} has no numbers at all"
        raise InputError(f"{source.path or 'the table'}: {fault}")
    row, cell = scan.first(lambda form: form.kind != "gap")
    raise InputError(
        f"{place(source, (row, scan.name, cell))}: the target must be a "
        "number; name another column, or encode it"
    )


def few_or_left_out(scan, source, asked):
    """Return a category, where a column of text has few levels; else why it is not."""
    filled = scan.rows - scan.gaps
    if not scan.count("text"):
        return mixed(scan, source, asked)
    row, cell = scan.first(lambda form: form.kind == "text")
    mostly_numbers = scan.count("number") >= 9 * scan.count("text")
    if scan.levels is not None and not mostly_numbers and len(cell) <= LONG_TEXT:
        levels = len(scan.levels)
        most = most_levels(filled)
        covered = sum(count for _, count in scan.levels.most_common(most))
        if 2 * levels <= filled and (levels <= most or 2 * covered >= filled):
            return category(scan)
    if asked:
        raise InputError(
            f"{place(source, (row, scan.name, cell))} is not a number, and the column "
            "has too many different texts to become categories; leave it out, or name "
            "what marks a gap with --na"
        )
    if mostly_numbers:
        where = line_of(source, row)
        return f"{shortened(cell)!r} in {where} is no number; --na counts it as a gap"
    if scan.levels is None:
        return "too many different texts"
    return f"{len(scan.levels)} different texts"


def mixed(scan, source, asked):
    """Return why numbers of several units, or beside truths, are left out."""
    firsts = {}
    for form, (_, row, cell) in scan.forms.items():
        if form.kind != "gap":
            kind = form.kind, form.unit
            firsts[kind] = min((row, cell), firsts.get(kind, (row, cell)))
    cells = [f"{cell!r} in {line_of(source, row)}" for row, cell in firsts.values()]
    why = f"{cells[0]} and {cells[1]} are not of one kind"
    if asked:
        where = f"{source.path or 'the table'}, column {scan.name!r}"
        raise InputError(f"{where}: {why}; make them alike, or leave the column out")
    return why


def line_of(source, row):
    """Return where a row stands, without the file."""
    return source.where(row).rpartition(", ")[2]


def most_levels(rows):
    """Return how many levels a category may have: 50, and a tenth of the rows."""
    return min(MOST_CATEGORIES, max(rows // 10, FEW_LEVELS))


def category(scan):
    """Return the Column of one-hot levels: the most frequent is the base."""
    if scan.levels is None:
        raise InputError(
            f"--categories {scan.name}: it has more than 1000 different values; leave "
            "it out or use it as numbers"
        )
    # of equals the first in the alphabet, so that the order of the rows does not matter
    ranked = sorted(scan.levels, key=lambda level: (-scan.levels[level], level))
    most = most_levels(scan.rows - scan.gaps)
    other = len(ranked) > most
    kept = ranked[: most - 1] if other else ranked
    base, levels = kept[0] if kept else "", tuple(sorted(kept[1:]))
    return Column(scan.name, "category", levels=levels, base=base, other=other)


def as_date(scan, source, form):
    """Return a Column of days since the first; InputError for no format, or two."""
    if form:
        first = scan_first(scan, form, source)
        return Column(scan.name, "date", form=form, first=first)
    formats = scan.dates or {}
    if not formats:
        row, cell = scan.first(lambda form: form.kind != "gap") or (0, "")
        raise InputError(
            f"{place(source, (row, scan.name, cell))}: no date format fits the whole "
            f"column; name it, such as --dates '{scan.name}=%d.%m.%Y'"
        )
    if len(formats) > 1:
        row, cell = scan.first(lambda form: form.kind == "text")
        shown = " or ".join(list(formats)[:3])
        raise InputError(
            f"{place(source, (row, scan.name, cell))} can be {shown}, as all dates of "
            f"the column; say which: --dates '{scan.name}={next(iter(formats))}'"
        )
    (form,), (first,) = formats.keys(), formats.values()
    return Column(scan.name, "date", form=form, first=first)


def scan_first(scan, form, source):
    """Return the first day of a column of a given format; InputError if it misfits."""
    pandas, index, first = import_pandas(), source.columns.index(scan.name), None
    row = 0
    for (cells,) in source.blocks([index]):
        texts = [cell.strip() for cell in cells]
        filled = np.array([text.casefold() not in source.gaps for text in texts], bool)
        days = pandas.to_datetime(texts, format=form, errors="coerce")
        wrong = np.flatnonzero(filled & days.isna())
        if len(wrong):
            seen = row + int(wrong[0]), scan.name, texts[wrong[0]]
            raise InputError(f"{place(source, seen)} is no date of the form {form}")
        least = days.min()
        if least is not pandas.NaT:
            first = min(first or least, least)
        row += len(cells)
    return first.isoformat() if first is not None else "1970-01-01"


def counts_rows(name):
    """Return whether a column of this name may count the rows."""
    return bool(COUNTER.fullmatch(name.strip()))


def may_identify(name):
    """Return whether a column of this name may count or name the rows."""
    return counts_rows(name) or bool(IDENTIFIER.fullmatch(name))


def is_identifier(name, values, rows):
    """Return whether a column of numbers only counts or names the rows.

    rows: how many the file has; values (n,) may be some of them.
    """
    if not may_identify(name) or len(values) < 3:
        return False
    if not (values == np.floor(values)).all() or not values.any():
        return False
    if counts_rows(name):
        inside = 0 <= values[0] and values[-1] <= rows
        return bool(inside and (np.diff(values) > 0).all())
    return len(np.unique(values)) == len(values)


def unnamed(found, position, scan):
    """Return what becomes of a column without a name: row names are left out."""
    if position and not isinstance(found, Column):
        return f"it has no name and is {shortened(found)}"
    if position:
        return found
    if not isinstance(found, Column) or found.kind != "number" or found.unit:
        return "row names"
    return "row numbers" if scan.counting else found
