"""What becomes of a column: numbers, truth values, days, categories, or it is left out.

Each decision is a Column: a value that can be kept, and done again to new rows.
"""

import dataclasses
import re
from typing import Dict, Optional, Tuple

import numpy as np

from ..config import InputError
from .cells import form_of, numbers, signatures, TRUTHS
from .layout import shortened
from .scanning import place
from .sources import as_cells, import_pandas

MOST_CATEGORIES = 50
LONG_TEXT = 200  # characters: no name of a kind is longer
FEW_LEVELS = 5  # so many may a small table have, where a tenth of its rows is less
DAY = np.timedelta64(1, "D")
COUNTER = re.compile(r"unnamed: 0|rownames?|row|index|idx|s?\.?no\.?|nr|obs", re.I)
IDENTIFIER = re.compile(r"(.*[_ .-])?[iI][dD]|.*[a-z]I[dD]")


@dataclasses.dataclass(frozen=True)
class Choices:
    """What the caller says of the columns, by name.

    categories: numbers that stand for kinds. dates: {name: a format of strptime's, or
    None to find it}. leave_out: not used. missing: "drop" rows with a gap, or fill it
    with the "mean". strict: refuse whatever is not a plain number.
    """

    categories: Tuple[str, ...] = ()
    dates: Dict[str, Optional[str]] = dataclasses.field(default_factory=dict)
    leave_out: Tuple[str, ...] = ()
    missing: str = "drop"
    strict: bool = False

    def __post_init__(self):
        if self.missing not in ("drop", "mean"):
            raise InputError(f"--missing {self.missing!r}: give drop or mean")


@dataclasses.dataclass(frozen=True)
class Column:
    """How one column of a file becomes columns of numbers.

    kind: "number", "truth", "date" or "category". unit: "%" or a currency's sign, of
    numbers; the two words, of truth values. thousands: the sign that parts them. levels: of a category, each with a column
    of 0 and 1, against base; other: whether further ones share a last column. form,
    first: of dates, their format and the day that is 0.
    """

    name: str
    kind: str = "number"
    unit: str = ""
    thousands: str = ""
    levels: Tuple[str, ...] = ()
    base: str = ""
    other: bool = False
    form: str = ""
    first: str = ""

    @property
    def names(self):
        """The names of the columns of numbers."""
        if self.kind != "category":
            return (self.name,)
        levels = [*self.levels, "other"] if self.other else self.levels
        return tuple("%s=%s" % (self.name, level) for level in levels)

    def encode(self, cells, decimal, gaps):
        """Return float64 (n, k) for n cells, and which could not be read, bool (n,).

        NaN where a cell is a gap or could not be read. decimal: the file's sign. gaps:
        the words that mark one.
        """
        if self.kind == "number" and cells.dtype == np.float64:
            return cells[:, None], no(cells)
        if cells.dtype == np.float64:
            cells = as_cells(import_pandas().Series(cells))
        codes, different = import_pandas().factorize(cells)
        forms = [form_of(mark, gaps) for mark in signatures(list(different))]
        filled = np.array([form.kind != "gap" for form in forms], bool)
        found = getattr(self, "_" + self.kind)(different, forms, decimal)
        found[~filled] = np.nan
        return found[codes], (filled & np.isnan(found).any(axis=1))[codes]

    def _number(self, cells, forms, decimal):
        found = np.full((len(cells), 1), np.nan)
        fits = [f.kind == "number" and decimal in f.decimals and self.agrees(f) for f in forms]
        if any(fits):
            fits = np.array(fits)
            found[fits, 0] = numbers(cells[fits].tolist(), decimal)
        return found

    def agrees(self, form):
        """Return whether a number's unit is the column's; money may go without."""
        return form.unit == self.unit or (not form.unit and self.unit != "%")

    def _truth(self, cells, forms, decimal):
        values = {**TRUTHS, "1": 1.0, "0": 0.0}
        found = [values.get(cell.strip().casefold(), np.nan) for cell in cells]
        return np.array(found, float).reshape(-1, 1)

    def _date(self, cells, forms, decimal):
        texts = [cell.strip() for cell in cells]
        to_days, days = import_pandas().to_datetime, None
        for form in (self.form, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"):  # ISO is always clear
            found = import_pandas().Series(to_days(texts, format=form, errors="coerce"))
            days = found if days is None else days.fillna(found)
        since = (days.to_numpy() - np.datetime64(self.first)) / DAY
        return since.reshape(-1, 1)

    def _category(self, cells, forms, decimal):
        places = {level: i for i, level in enumerate(self.levels)}
        found = np.zeros((len(cells), len(self.names)))
        for row, cell in enumerate(cells):
            level = cell.strip()
            if level in places:
                found[row, places[level]] = 1
            elif self.other and level != self.base:
                found[row, -1] = 1
            elif level != self.base:
                found[row] = np.nan
        return found

    def reason(self, cell):
        """Return why a cell could not be read, in words."""
        cell = shortened(str(cell))
        if self.kind == "category":
            return f"{cell!r} was not among the levels that the model was trained with"
        if self.kind == "number" and self.unit:
            return f"{cell!r} is no number with {self.unit}"
        wanted = {"number": "a number", "truth": self.unit, "date": f"a date ({self.form})"}
        return f"{cell!r} is not {wanted[self.kind]}"


def no(cells):
    """Return False for each cell."""
    return np.zeros(len(cells), bool)


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
        if not asked and scan.first(lambda form: form.padded):
            return "an identifier: zeros lead its numbers"
        unit = max((form.unit for form in scan.forms), default="")
        signs = {form.grouped for form in scan.forms} - {decimal}
        return Column(name, unit=unit, thousands=max(signs, default=""))
    if scan.dates and scan.count("text") == scan.rows - scan.gaps:
        return as_date(scan, source, None)
    return few_or_left_out(scan, source, asked)


def few_or_left_out(scan, source, asked):
    """Return a category, where a column of text has few levels; else why it is not."""
    filled = scan.rows - scan.gaps
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
        line = source.where(row).rpartition(", ")[2]
        return f"{shortened(cell)!r} in {line} is no number; --na counts it as a gap"
    if scan.levels is None:
        return "too many different texts"
    return f"{len(scan.levels)} different texts"


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
    """Return the Column of days since the first; InputError where it is none, or two."""
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
    """Return the first day of a column whose format was given; InputError if it misfits."""
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


def is_identifier(name, values, rows):
    """Return whether a column of numbers only counts or names the rows.

    rows: how many the file has; values (n,) may be some of them.
    """
    counter = COUNTER.fullmatch(name.strip())
    if not (counter or IDENTIFIER.fullmatch(name)) or len(values) < 3:
        return False
    if not (values == np.floor(values)).all() or not values.any():
        return False
    if counter:
        return bool((np.diff(values) > 0).all() and 0 <= values[0] and values[-1] <= rows)
    return len(np.unique(values)) == len(values)
