"""All that was decided about a table, as one value: said, kept, and done to new rows."""

import dataclasses
from typing import Tuple

import numpy as np

from ..config import InputError
from .columns import Column
from .scanning import Scan, decimal_sign

MOST_NAMES, MOST_LINES = 10, 8


def listed(items, most=MOST_NAMES):
    """Return items with commas between: at most so many, and how many more there are."""
    items = list(items)
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


@dataclasses.dataclass(frozen=True)
class Plan:
    """What was done with a table so that least squares can be asked of it.

    target, columns: how the file's columns became numbers. names: those of the columns
    of numbers that are used, in order. rows, used: how many the file has, and how many
    are left. gaps: (column, cells without a value) of the columns used. left_out:
    (column, reason). missing: "drop", or "mean" with means, one of each of names.
    decimal, sep: the signs of the file. read_as: what is not plain about the file, in words. told: what
    the caller said, as read_csv's arguments.
    """

    target: Column
    columns: Tuple[Column, ...]
    names: Tuple[str, ...]
    rows: int = 0
    used: int = 0
    gaps: Tuple[Tuple[str, int], ...] = ()
    left_out: Tuple[Tuple[str, str], ...] = ()
    missing: str = "drop"
    means: Tuple[float, ...] = ()
    decimal: str = "."
    sep: str = ","
    read_as: Tuple[str, ...] = ()
    told: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def plain(cls, names):
        """Return the Plan of columns of plain numbers, the target's name last."""
        columns = tuple(map(Column, names))
        return cls(columns[-1], columns[:-1], tuple(names[:-1]))

    @property
    def is_plain(self):
        """Whether nothing was decided that somebody might not expect."""
        kinds = {(column.kind, column.unit) for column in (*self.columns, self.target)}
        odd = kinds != {("number", "")} or self.left_out or self.read_as or self.gaps
        return not odd and self.decimal == "."

    def replaced(self, **parts):
        """Return the Plan with some of its fields replaced."""
        return dataclasses.replace(self, **parts)

    def to_json(self):
        """Return the Plan as a dict of JSON's types."""
        return jsonable(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, found):
        """Return the Plan of a dict; InputError where it makes none."""
        try:
            parts = dict(found)
            for name in ("names", "read_as"):
                parts[name] = tuple(map(str, parts[name]))
            parts["means"] = tuple(map(float, parts["means"]))
            for name in ("gaps", "left_out"):
                parts[name] = tuple(map(tuple, parts[name]))
            parts["told"] = dict(parts["told"])
            parts["columns"] = tuple(map(as_column, parts["columns"]))
            parts["target"] = as_column(parts["target"])
            return cls(**parts)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"the model's plan cannot be used: {error}") from None

    def said(self):
        """Return what was decided, in at most eight lines."""
        lines = [self.rows_line()]
        if self.read_as or self.decimal == ",":
            comma = ["decimal comma"] if self.decimal == "," else []
            lines.append("read as: " + listed([*self.read_as, *comma]))
        odd = [unit_said(c) for c in (*self.columns, self.target)]
        if any(odd):
            lines.append("values: " + listed(filter(None, odd)))
        dates = [c for c in (*self.columns, self.target) if c.kind == "date"]
        if dates:
            shown = ("%s since %s" % (c.name, c.first.replace("T00:00:00", "")) for c in dates)
            lines.append("days: " + listed(shown))
        kinds = [self.levels_said(c) for c in self.columns if c.kind == "category"]
        room = MOST_LINES - len(lines) - bool(self.left_out)
        lines += kinds if len(kinds) <= room else ["categories: " + listed(kinds, 5)]
        if self.left_out:
            lines.append("left out: " + listed("%s (%s)" % pair for pair in self.left_out))
        return lines

    def rows_line(self):
        """Return how many rows are used, and why the others are not."""
        text = f"{self.used} of {self.rows} rows used"
        if not self.gaps:
            return text
        if self.missing == "mean":
            filled = listed("%d in %s" % (count, name) for name, count in self.gaps)
            return f"{text} (gaps filled with the mean: {filled})"
        kinds = {column.name: column.kind for column in (*self.columns, self.target)}
        what = "number" if {kinds[n] for n, _ in self.gaps} == {"number"} else "value"
        (name, count), *rest = self.gaps
        have = "has" if count == 1 else "have"
        more = ["%d in %s" % (c, n) for n, c in rest]
        return f"{text} ({listed([f'{count} {have} no {what} in {name}', *more])})"

    def levels_said(self, column):
        """Return a category's levels as used, against the base."""
        used = set(self.names)
        levels = [n[len(column.name) + 1 :] for n in column.names if n in used]
        return f"{column.name}: {listed(levels)} against {column.base}"

    def encode(self, source, positions, plain=(), *, target=False, faults=None):
        """Yield (features (n, len(names)), labels (n,) or None) of a source's blocks.

        NaN for what is a gap or could not be read. positions: of the columns of the
        plan in the source, the target's last if target. faults: a dict that is
        told of each column's first cell that could not be read, {name: (row, column,
        cell)}.
        """
        columns = [*self.columns, self.target] if target else list(self.columns)
        expanded = [name for column in self.columns for name in column.names]
        picked = None
        if tuple(expanded) != self.names:
            where = {name: i for i, name in enumerate(expanded)}
            picked = [where[name] for name in self.names]
        row = 0
        for block in source.blocks(positions, plain):
            parts = []
            for column, cells in zip(columns, block):
                values, wrong = column.encode(cells, self.decimal, source.gaps)
                if faults is not None and wrong.any():
                    at = int(np.argmax(wrong))
                    faults.setdefault(column.name, (row + at, column, cells[at]))
                parts.append(values)
            labels = parts.pop()[:, 0] if target else None
            features = np.column_stack(parts) if parts else np.empty((len(block[0]), 0))
            yield features if picked is None else features[:, picked], labels
            row += len(block[0])

    def features_of(self, source):
        """Return the features of new rows, float64 (n, d), the first fault, the decimal.

        NaN in the rows that cannot be predicted; the fault is (row, why), or None. The
        decimal sign is the new rows' own. Raises InputError where a column is missing.
        """
        used = {name for name in self.names}
        kept = tuple(c for c in self.columns if used & set(c.names))
        plan = dataclasses.replace(self, columns=kept)
        positions = find_columns(source, [column.name for column in kept])
        kinds = [c.kind for c in kept]
        numeric = [p for p, kind in zip(positions, kinds) if kind == "number"]
        plain = frozenset(numeric) & source.plain(numeric) if numeric else frozenset()
        try:
            return plan.read_new(source, positions, plain)
        except InputError:
            raise
        except (ValueError, OverflowError):  # numbers, but only as far as one saw
            return plan.read_new(source, positions, frozenset())

    def read_new(self, source, positions, plain):
        """Return what features_of does; plain: the positions of plain numbers."""
        scans = [Scan(column.name) for column in self.columns]
        numeric = [c.kind == "number" and p not in plain for c, p in zip(self.columns, positions)]
        if any(numeric):
            for block in source.blocks(positions):
                for scan, cells, wanted in zip(scans, block, numeric):
                    if wanted:
                        scan.add(cells, source.gaps)
        voters = [scan for scan, wanted in zip(scans, numeric) if wanted]
        prior = self.decimal if source.sep == self.sep else None
        plan = self.replaced(decimal=decimal_sign(voters, source, prior))
        faults, parts = {}, []
        for features, _ in plan.encode(source, positions, plain, faults=faults):
            parts.append(features)
        if not parts:
            raise InputError(f"{source.path}: has a header but no rows; add the data")
        features = np.concatenate(parts)
        if self.missing == "mean":
            features = np.where(np.isnan(features), self.means, features)
        features[~np.isfinite(features)] = np.nan
        return features, self.first_fault(source, features, faults), plan.decimal

    def first_fault(self, source, features, faults):
        """Return (row, why) of the first row that cannot be predicted, or None."""
        bad = np.isnan(features).any(axis=1)
        if not bad.any():
            return None
        row = int(np.argmax(bad))
        for at, column, cell in faults.values():
            if at == row:
                return row, f"column {column.name!r}: {column.reason(cell)}"
        name = self.names[int(np.argmax(np.isnan(features[row])))]
        column = next(c.name for c in self.columns if name in c.names)
        return row, f"column {column!r} has no value"


def jsonable(value):
    """Return a value with its tuples as lists."""
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    return value


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
    if column.unit:
        said.insert(0, "1% is 0.01" if column.unit == "%" else f"in {column.unit}")
    return f"{column.name} ({', '.join(said)})" if said else ""


def find_columns(source, names):
    """Return the positions of named columns; InputError for one that is not there."""
    import difflib

    places = {}
    for i, name in enumerate(source.columns):
        places.setdefault(name, i)
    found, missing = [], []
    for name in names:
        place = places.get(name, places.get(name.strip()))
        (missing if place is None else found).append(name if place is None else place)
    if missing:
        have = [name for name in source.columns if name]
        folded = {name.casefold(): name for name in have}
        near = folded.get(missing[0].casefold().strip())
        near = near or next(iter(difflib.get_close_matches(missing[0], have[:1000], 1)), None)
        hint = f"; did you mean {near!r}?" if near else ""
        where = f"{source.path}: there is" if source.path else "there is"
        shown = " or ".join(map(repr, missing[:MOST_NAMES]))
        raise InputError(f"{where} no column {shown} among {listed(have)}{hint}")
    return found
