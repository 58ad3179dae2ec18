"""How a column of a file becomes numbers: kept, and done again to new rows."""

import dataclasses
from typing import Tuple

import numpy as np

from .cells import TRUTHS, form_of, numbers, signatures
from .frames import as_cells, import_pandas
from .wording import shortened

DAY = np.timedelta64(1, "D")


@dataclasses.dataclass(frozen=True)
class Column:
    """How one column of a file becomes columns of numbers.

    kind: "number", "truth", "date" or "category". unit: "%" or a currency's sign, of
    numbers; the two words, of truth values. thousands: the sign that parts them.
    signs: as of a cells.Form. levels: of a category, each with a column of 0 and 1,
    against base; other: whether further ones share a last column. form, first: of
    dates, their format and the day that is 0.
    """

    name: str
    kind: str = "number"
    unit: str = ""
    thousands: str = ""
    signs: str = ""
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

    def seen(self, counts, rows):
        """Return the Column with the levels that there are in some rows.

        counts: {name: how many of them have a 1 there}. Without its base, the most
        frequent of the others is the base. Names are () if all rows are alike.
        """
        if self.kind != "category":
            return self
        found = {level: counts["%s=%s" % (self.name, level)] for level in self.levels}
        found = {level: round(count) for level, count in found.items() if count > 0.5}
        other = round(counts[self.names[-1]]) if self.other else 0
        base = self.base
        if found and sum(found.values()) + other == rows:
            base = min(found, key=lambda level: (-found[level], level))
            del found[base]
        return dataclasses.replace(
            self, levels=tuple(found), base=base, other=bool(other)
        )

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
        fits = [decimal in f.decimals and self.agrees(f) for f in forms]
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
        date = f"a date ({self.form})"
        wanted = {"number": "a number", "truth": self.unit, "date": date}
        return f"{cell!r} is not {wanted[self.kind]}"


def no(cells):
    """Return False for each cell."""
    return np.zeros(len(cells), bool)


def as_column(found):
    """Return the Column of a dict."""
    return Column(**{**found, "levels": tuple(map(str, found["levels"]))})


def unit_said(column):
    """Return what is said of a column's unit, "" where it is plain."""
    if column.kind == "truth":
        words = {"false/true": "TRUE is 1", "no/yes": "yes is 1"}
        return f"{column.name} ({words[column.unit]})"
    if column.kind != "number":
        return ""
    said = [f"1{column.thousands}000 is 1000"] if column.thousands else []
    said += [f"1{sign}2 is 100" for sign in column.signs if sign == "D"]
    said += [f"{sign}1 is -1" for sign in column.signs if sign == "−"]
    if column.unit:
        said.insert(0, "1% is 0.01" if column.unit == "%" else f"in {column.unit}")
    return f"{column.name} ({', '.join(said)})" if said else ""
