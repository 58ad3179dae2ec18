"""A CSV file as a Table of float64 numbers; each refusal names file, line and column.

pandas reads. Where it stumbles or leaves a gap, csvfile walks the file again to say in
which line, without which a message is no help.
"""

import dataclasses
import time
import warnings
from typing import Optional, Tuple

import numpy as np

from ..config import InputError
from .files import count_lines, find_fault, opened, read_layout
from .preparing import add_to_fingerprint, begin_fingerprint
from ..theory import BLOCK


@dataclasses.dataclass(frozen=True, eq=False)
class Table:
    """Named columns of numbers.

    values: float64 (n, d + 1), the target last. names: the d features'. target: a name.
    path: the file, None where it comes from none. seconds: that reading took. rows,
    sha256: of the file, where values holds a part of its rows; else None.
    """

    values: np.ndarray
    names: Tuple[str, ...]
    target: str
    path: Optional[str] = None
    seconds: float = 0.0
    rows: Optional[int] = None
    sha256: Optional[str] = None

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


def read_csv(path, target, features=None, *, dtype="float32", on_rows=None, keep=None):
    """Read a CSV file with a header into a Table.

    path: UTF-8 with or without BOM; commas, semicolons or tabs; LF or CRLF; quoted
    fields; a name that ends in .gz is unpacked. target: the label's column. features:
    names in the order wanted, by default all other columns. dtype: what will be trained
    in; a value that it cannot hold is refused. on_rows(done, at_most): progress. keep:
    None, or a function of the number of rows that returns which to keep, bool (n,); the
    others are checked and forgotten.
    The numbers stay float64, so that standardising loses none of their digits.
    Raises InputError for anything but finite numbers in every row, and for fewer rows
    than features + 1; ImportError without pandas.
    """
    start = time.perf_counter()
    layout = read_layout(path)
    if features is None:
        features = [name for name in layout.columns if name != target]
    names = (*features, target)
    picked = pick(layout, names)
    if len(names) < 2:
        raise InputError(
            f"{path}: no column besides the target {target!r}; add a feature"
        )
    options = {"dtype": dtype, "on_rows": on_rows}
    if keep:
        values, n, sha256 = read_part(layout, picked, keep, **options)
        whole = n, sha256
    else:
        values, whole = read_values(layout, picked, **options), ()
        n = len(values)
    if n < len(names):
        raise InputError(
            f"{path}: {n} rows are too few for {len(names) - 1} features and "
            f"a bias; give at least {len(names)} rows or fewer --features"
        )
    seconds = time.perf_counter() - start
    return Table(values, tuple(features), target, path, seconds, *whole)


def pick(layout, names):
    """Return the positions of the named columns; InputError for unknown or repeated."""
    for name in names:
        if name not in layout.columns:
            have = ", ".join(layout.columns)
            raise InputError(f"{layout.path}: there is no column {name!r} among {have}")
        if names.count(name) > 1:
            path = layout.path
            raise InputError(
                f"{path}: column {name!r} is asked for twice; name it once"
            )
    return [layout.columns.index(name) for name in names]


def read_values(layout, picked, *, dtype="float32", on_rows=None):
    """Return the columns at the positions picked, as float64 (n, len(picked)), n >= 1.

    Arguments and errors as for read_csv. Read in blocks into one array that is as long
    as the file has lines: pages that stay untouched cost no memory.
    """
    at_most = count_lines(layout.path)
    values, done = np.empty((at_most, len(picked))), 0
    for block in checked_blocks(layout, picked, dtype):
        values[done : done + len(block)] = block
        done += len(block)
        if on_rows:
            on_rows(done, at_most)
    return values[:done]


def read_part(layout, picked, keep, *, dtype="float32", on_rows=None):
    """Return (the rows to keep as read_values does, n, sha256 of all n rows).

    keep: as for read_csv. The file is read twice, for keep asks how long it is.
    """
    n = sum(map(len, checked_blocks(layout, picked, dtype)))
    kept, digest, done = keep(n), begin_fingerprint((n, len(picked))), 0
    values, filled = np.empty((kept.sum(), len(picked))), 0
    for block in checked_blocks(layout, picked, dtype):
        part = block[kept[done : done + len(block)]]
        values[filled : filled + len(part)] = part
        filled += len(part)
        add_to_fingerprint(digest, block)
        done += len(block)
        if on_rows:
            on_rows(done, n)
    return values, n, digest.hexdigest()


def checked_blocks(layout, picked, dtype):
    """Yield the columns picked of BLOCK rows after BLOCK rows; raise as read_csv."""
    path, columns, _ = layout
    largest = float(np.finfo(dtype).max)
    rows, gap_checked = 0, False
    # pandas takes a first row that is too long for an index, and True for 1
    find_fault(layout, picked, largest, rows=1)
    try:
        for frame in frames(layout, picked):
            block = frame[picked].to_numpy()
            if not (np.abs(block) <= largest).all():
                find_fault(layout, picked, largest)
            if not gap_checked and frame[len(columns) - 1].isna().any():
                find_fault(layout, picked, largest)  # a row cut short?
                gap_checked = True
            rows += len(block)
            yield block
    except InputError:
        raise
    except (ValueError, OverflowError, Warning) as error:
        find_fault(layout, picked, largest)
        raise InputError(f"{path}: pandas cannot read it: {error}") from None
    if not rows:
        raise InputError(f"{path}: has a header but no rows; add the data")


def frames(layout, picked):
    """Yield the file as DataFrames of BLOCK rows, columns named by position.

    Those picked are float64. The others are read as well, because pandas overlooks rows
    of the wrong length where it may skip columns; a gap in the last is a row cut short.
    """
    pandas = import_pandas()
    count = len(layout.columns)
    with opened(layout.path) as file, warnings.catch_warnings():
        warnings.simplefilter("error", pandas.errors.ParserWarning)
        reader = pandas.read_csv(
            file,
            sep=layout.delimiter,
            header=0,
            names=range(count),
            dtype={i: np.float64 if i in picked else str for i in range(count)},
            index_col=False,
            float_precision="round_trip",
            encoding="utf-8-sig",
            chunksize=BLOCK,
        )
        with reader:
            yield from reader


def import_pandas():
    """Return pandas; ImportError with the remedy where it is missing."""
    try:
        import pandas
    except ImportError as error:
        message = (
            f'reading CSV needs pandas ({error}): type  pip install pandas "numpy<2"'
        )
        raise ImportError(message) from None
    return pandas
