"""What strict reading refuses: whatever is not a plain number, all faults at once."""

import re

from ..config import InputError
from .wording import MOST_NAMES

MOST_KEPT = 10_000  # cells of a column that need no second look

NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*", re.I | re.A)
NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity|na|n/a|null|none)\s*", re.I)
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*")


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
        shown = cell if len(cell) < 60 else cell[:57] + "..."
        raise ValueError(f"{shown!r} is not a number; {remedy}")
    if abs(float(cell)) > largest:
        raise ValueError(
            f"{cell} is too large (limit {largest:.3g}); use a larger unit"
        )


def check_strictly(source, positions, largest, blocks=None):
    """Raise InputError naming all faults of the columns, the first ten with their line.

    blocks: of cells, by default all of the source's.
    """
    said, more = header_faults(source), 0
    row, fine = 0, [set() for _ in positions]
    for block in blocks or source.blocks(positions):
        for k, cells in enumerate(zip(*block)):
            for i, cell, seen in zip(positions, cells, fine):
                if cell in seen:
                    continue
                try:
                    check_cell(cell, largest)
                except ValueError as error:
                    more += len(said) >= MOST_NAMES
                    if len(said) < MOST_NAMES:
                        where = f"{source.where(row + k)}, column {source.columns[i]!r}"
                        said.append(f"{where}: {error}")
                    continue
                if len(seen) < MOST_KEPT:
                    seen.add(cell)
        row += len(block[0])
    if said:
        raise InputError(joined(source, said, more))


def header_faults(source):
    """Return what is wrong with the names of a source's columns."""
    layout = getattr(source, "layout", None)
    where = f"{source.path}, line {layout.header}" if layout else "the table"
    if layout and layout.header is None and source.told.names is None:
        return [f"{source.path}: has no line that names the columns; give it one"]
    faults = [
        f"{where}: column {i + 1} has no name; give it one"
        for i in sorted(source.unnamed)[:MOST_NAMES]
    ]
    twice = [source.repeated[i] for i in sorted(source.repeated)]
    return faults + [f"{where}: two columns are named {name!r}" for name in twice]


def joined(source, said, more):
    """Return the faults in one line."""
    if len(said) + more == 1:
        return said[0]
    path = source.path or "the table"
    lines = [line.replace(f"{path}, ", "", 1) for line in said]
    rest = f"; and {more} more" if more else ""
    return f"{path}: {len(said) + more} faults: " + "; ".join(lines) + rest
