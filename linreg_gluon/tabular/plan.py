"""All that was decided about a table, as a value: said, kept, and done to new rows."""

import dataclasses
from typing import Tuple

import numpy as np

from ..config import InputError
from .columns import Column, as_column, unit_said
from .wording import listed

MOST_LINES = 8


@dataclasses.dataclass(frozen=True)
class Plan:
    """What was done with a table so that least squares can be asked of it.

    target, columns: how the file's columns became numbers. names: those of the columns
    of numbers that are used, in order. rows, used: how many the file has, and how many
    are left. gaps: (column, cells without a value) of the columns used. left_out:
    (column, reason). missing: "drop", or "mean" with means, one of each of names.
    decimal, sep: the signs of the file. read_as: what is not plain about the file, in
    words. told: what the caller said, as read_csv's arguments.
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
            firsts = [c.first.replace("T00:00:00", "") for c in dates]
            shown = ("%s since %s" % (c.name, f) for c, f in zip(dates, firsts))
            lines.append("days: " + listed(shown))
        kinds = [self.levels_said(c) for c in self.columns if c.kind == "category"]
        room = MOST_LINES - len(lines) - bool(self.left_out)
        lines += kinds if len(kinds) <= room else ["categories: " + listed(kinds, 5)]
        if self.left_out:
            shown = ("%s (%s)" % pair for pair in self.left_out)
            lines.append("left out: " + listed(shown))
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


def jsonable(value):
    """Return a value with its tuples as lists."""
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    return value
