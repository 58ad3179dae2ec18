"""A file of one's own as a Table of float64 numbers, and the Plan of how it became one.

Read once where all columns hold plain numbers; else twice: to see what the columns are,
and to turn them into numbers.
"""

import dataclasses
import time
from typing import Callable, Optional, Tuple

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """Named columns of numbers.

    values: float64 (n, d + 1), the target last. names: the d features'. target: a name.
    path: the file, None where it comes from none. seconds: that reading took. rows,
    sha256: of the file, where values holds a part of its rows; else None. first: the
    number of the first of these, where they are the next in turn. plan: how the
    file's columns became these; None where they come from arrays. source: what it was
    read from, to find a row there again. empty(shape, dtype): makes arrays of
    rows. flat_sha256: as sha256, of the kind that older models hold, where asked for.
    """

    values: np.ndarray
    names: Tuple[str, ...]
    target: str
    path: Optional[str] = None
    seconds: float = 0.0
    rows: Optional[int] = None
    sha256: Optional[str] = None
    plan: Optional["Plan"] = None  # noqa: F821  (plan.Plan: loaded with a file)
    source: object = None
    empty: Callable = np.empty
    flat_sha256: Optional[str] = None
    first: Optional[int] = None

    @classmethod
    def of(cls, features, labels, *, seconds=0.0):
        """Return the Table of arrays (n, d) and (n,): columns x0, x1, ... and y."""
        names = tuple("x%d" % i for i in range(features.shape[1]))
        values = np.column_stack([features, labels]).astype(np.float64)
        return cls(values, names, "y", seconds=seconds)

    @property
    def features(self):
        """The features, (n, d), a view."""
        return self.values[:, :-1]

    @property
    def labels(self):
        """The target, (n,), a view."""
        return self.values[:, -1]

    def places(self, rows):
        """Return where rows of values stand, in words: "line 7" of a text file.

        Rows of arrays are counted from 0. Reads the file again.
        """
        if self.source is None:
            return ["row %d" % row for row in rows]
        rows = np.asarray(rows) + (self.first or 0)
        if self.plan.gaps and self.plan.missing == "drop":
            rows = self.used_rows()[rows]
        return self.source.places([int(row) for row in rows])

    def used_rows(self):
        """Return which rows of the source have no gap, ascending; values has these."""
        from .sources import find_columns

        plan, source = self.plan, self.source
        columns = [column.name for column in (*plan.columns, plan.target)]
        positions, good = find_columns(source, columns), []
        for features, labels in plan.encode(source, positions, target=True):
            good.append(~np.isnan(features).any(axis=1) & ~np.isnan(labels))
        return np.flatnonzero(np.concatenate(good))


def read_csv(
    data, target, features=None, *, dtype="float32", on_rows=None, keep=None,
    flat=False, everyone=None, empty=np.empty, **told,
):  # fmt: skip
    """Read a file, as it is found, into a Table.

    data: a text file (its name may end in .gz), .xlsx, .xls or .parquet, or a
    DataFrame. target: the label's column. features: names in the order wanted, by
    default all other columns that can be used. dtype: what will be trained in; a value
    that it cannot hold is refused. on_rows(done, at_most): progress. keep: None, or a
    function of the number of rows that returns which to keep, bool (n,); the others are
    checked and forgotten. flat: with keep, whether to take the flat fingerprint, too
    (fingerprints.knows_flat). everyone: with keep, the processes (theory.Alone) that
    read a large text or Parquet file together, if they can: then each has the next
    rows, whatever keep says. empty(shape, dtype): makes the arrays that hold the rows,
    as kept.OnDisk().empty does on disk; the Table keeps it. told: of told.Reading
    (sep, encoding, decimal, thousands, header, names, comment, na) and told.Choices.
    The numbers stay float64, so that standardising loses none of their digits.
    Raises InputError where a file cannot be read, or can be read in two ways, and,
    unless wide, for fewer rows than features + 1; ImportError without pandas.
    """
    from .plan import jsonable  # here: training on arrays does not wait for them

    start = time.perf_counter()
    given = {k: v for k, v in told.items() if v is not None}
    options = {"on_rows": on_rows, "empty": empty}
    options["largest"] = float(np.finfo(dtype).max)
    how = {"keep": keep, "flat": flat, "everyone": everyone}
    found = read(data, (target, features), dict(given), options, **how)
    values, plan, *whole, flat_sha256, source, first = found
    plan = plan.replaced(told=jsonable({"features": features, **given}))
    seconds = time.perf_counter() - start
    target = plan.target.name
    kinds = *whole, plan, source, empty, flat_sha256, first
    return Table(values, plan.names, target, source.path, seconds, *kinds)


def read(data, columns, told, options, *, keep, flat, everyone):
    """Return what a sharing.Share holds; columns: (target, features)."""
    from .reading import Reader
    from .sharing import shared
    from .sources import source_of
    from .told import split_told

    reading, choices = split_told(told)
    told_so = reading, [columns[0], *(columns[1] or ())]

    def reader_of(source):
        return Reader(source, *columns, choices, **options)

    found = None
    if everyone and everyone.size > 1 and not flat and isinstance(data, str):
        found = shared(reader_of, data, *told_so, everyone)
    return found or by_itself(reader_of(source_of(data, *told_so)), keep, flat)


def by_itself(reader, keep, flat):
    """Return what a sharing.Share holds, as a Reader finds it alone."""
    found = reader.part(keep, flat) if keep else (*reader.all(), None, None, None)
    return (*found, reader.source, None)
