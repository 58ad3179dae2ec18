"""A DataFrame, a workbook's or the caller's, as cells; and the door to pandas."""

import datetime

import numpy as np

from ..config import InputError
from ..theory import BLOCK
from .cells import gap_words
from .header import finished
from .told import Reading

ENGINES = {".xlsx": "openpyxl", ".xls": "xlrd", ".parquet": "pyarrow"}
INSTALL = {"pyarrow": '"pyarrow<26" "numpy<2"'}  # 26 does not run with NumPy 1


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


def read_workbook(path, engine):
    """Return the DataFrame of an Excel or Parquet file."""
    pandas = import_pandas()
    try:
        if path.lower().endswith(".parquet"):
            return pandas.read_parquet(path)
        return pandas.read_excel(path, dtype=object, keep_default_na=False)
    except ImportError:
        install = f"pip install {INSTALL.get(engine, engine)}"
        message = f"reading {path} needs {engine}: type  {install}"
        raise ImportError(message) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except Exception as error:  # each engine has errors of its own
        fault = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: cannot be read: {fault}") from None


class Frame:
    """A DataFrame, of a workbook or of the caller's."""

    sep, point = ",", None

    def __init__(self, frame, path=None, told=Reading()):
        self.frame, self.path, self.told = frame, path, told
        names = [frame_name(i, c) for i, c in enumerate(frame.columns)]
        self.unnamed = frozenset(i for i, name in enumerate(names) if not name)
        self.head = names
        self.columns, self.repeated = finished(names, Reading(), len(names), path)
        self.most_rows, self.gaps = max(1, len(frame)), gap_words(told)

    def said(self):
        """Return nothing: there is no layout to speak of."""
        return []

    def where(self, row):
        """Return the place of a row, counted from 0."""
        if self.path:
            return f"{self.path}, row {row + 2}"
        return f"row {self.frame.index[row]!r}"

    def places(self, rows):
        """Return "row 7" for each of some rows, counted from 0."""
        index = self.frame.index
        return [f"row {row + 2 if self.path else index[row]!r}" for row in rows]

    def frames(self):
        """Yield the DataFrames whose rows these are, one after another."""
        yield self.frame

    def record(self, row):
        """Return (number of its line, cells) of a row, counted from 0."""
        line = row + 2
        for frame in self.frames():
            if row < len(frame):
                break
            row -= len(frame)
        return line, [cell_text(value) for value in frame.iloc[row].tolist()]

    def rows(self):
        """Yield the cells of each row as text."""
        for frame in self.frames():
            columns = (frame.iloc[:, i] for i in range(len(self.columns)))
            yield from zip(*map(as_cells, columns))

    def count(self):
        """Return how many rows there are."""
        return sum(map(len, self.frames()))

    def plain(self, picked):
        """Return which of the columns picked are numbers already."""
        kinds = [self.frame.dtypes.iloc[i] for i in picked]
        is_number = import_pandas().api.types.is_numeric_dtype
        return frozenset(
            i for i, kind in zip(picked, kinds) if is_number(kind) and kind != bool
        )

    def parts(self):
        """Yield the rows as DataFrames of at most BLOCK."""
        for frame in self.frames():
            for start in range(0, len(frame), BLOCK):
                yield frame.iloc[start : start + BLOCK]

    def blocks(self, picked, plain=(), rows=None):
        """Yield the columns picked in blocks of rows, as Text.blocks does."""
        for part in self.parts():
            yield [
                (
                    finite(part.iloc[:, i].to_numpy(np.float64, na_value=np.nan))
                    if i in plain
                    else as_cells(part.iloc[:, i])
                )
                for i in picked
            ]


def finite(numbers):
    """Return numbers with NaN, a gap, for what is infinite."""
    return np.where(np.isfinite(numbers), numbers, np.nan)


def frame_name(position, name):
    """Return the name of a DataFrame's column as text; "" for one without."""
    text = str(name).strip()
    nameless = text == "Unnamed: %d" % position
    return "" if nameless else text


def as_cells(column):
    """Return a Series as cells: what stands in a CSV file that holds it."""
    found = np.empty(len(column), object)
    found[:] = [cell_text(value) for value in column.tolist()]
    return found


def cell_text(value):
    """Return a value as the text of a cell; "" for what is missing."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return repr(value)[:-2] if whole else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0)
        return str(value.date()) if midnight else value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
