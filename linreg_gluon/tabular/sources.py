"""Where rows come from: a text file, a workbook, a DataFrame. All give blocks of cells.

A block is a list of arrays, one for each column asked for: float64 where pandas read
plain numbers (NaN for a gap), else objects that are all str.
"""

import os

from ..config import InputError
from .frames import ENGINES, Frame, import_pandas, read_workbook
from .layout import find_layout
from .limits import check_apart
from .texts import Text
from .told import Reading
from .wording import MOST_NAMES, listed, shortened


def source_of(data, told=Reading(), wanted=()):
    """Return the Text or Frame of a path or of a DataFrame (or dict of columns).

    told, wanted: as for layout.find_layout. Errors as for read_csv.
    """
    if isinstance(data, (str, os.PathLike)):
        path = os.fspath(data)
        engine = ENGINES.get(os.path.splitext(path)[1].lower())
        if engine:
            return Frame(read_workbook(path, engine), path, told)
        return Text(find_layout(path, told, wanted), told)
    return Frame(import_pandas().DataFrame(data), None, told)


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
        alike = difflib.get_close_matches(missing[0], have[:1000], 1)
        near = near or next(iter(alike), None)
        hint = f"; did you mean {near!r}?" if near else ""
        where = f"{source.path}: there is" if source.path else "there is"
        shown = " or ".join(map(repr, missing[:MOST_NAMES]))
        raise InputError(f"{where} no column {shown} among {listed(have)}{hint}")
    return found


def picked(source, target, features, choices):
    """Return the positions of the columns to look at, the target's last.

    features: names, None for all other columns. choices: told.Choices. InputError for
    a name that is not there, and for what contradicts itself.
    """
    named = [*choices.categories, *choices.dates, *choices.leave_out]
    (last, *asked), _ = (
        find_columns(source, [target, *(features or ())]),
        find_columns(source, named),
    )
    check_apart(source, choices, target, features)
    if features is None:
        out = {last, *find_columns(source, choices.leave_out)}
        asked = [i for i in range(len(source.columns)) if i not in out]
    seen = {last}
    for i in asked:
        if i in seen:
            fault = f"column {source.columns[i]!r} is asked for twice; name it once"
            raise InputError(f"{source.path or 'the table'}: {fault}")
        seen.add(i)
    return [*asked, last]


def place(source, seen, short=False):
    """Return where a cell stands, and the cell; seen: (row, column's name, cell)."""
    row, name, cell = seen
    where = source.where(row)
    where = where.rpartition(", ")[2] if short else where
    return f"{where}, column {name!r}: {shortened(cell)!r}"
