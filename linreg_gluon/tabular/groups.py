"""A Parquet file of which each process reads some of its groups of rows, and no others.

The groups stand one after another in the file, and its end says how many rows each has:
so nothing has to be searched, and no two processes read the same.
"""

import numpy as np

from ..config import InputError
from .frames import Frame, import_pandas
from .tidying import Gathered


class Groups(Frame):
    """The rows of a Parquet file, a group at a time: of those numbered, or of all.

    file: a pyarrow ParquetFile. What is yielded has the types that one DataFrame of all
    its rows has: integers are floats where some row of the file has none.
    """

    def __init__(self, file, path, told, numbers=None):
        self.file, facts = file, file.metadata
        super().__init__(file.schema_arrow.empty_table().to_pandas(), path, told)
        self.numbers = range(facts.num_row_groups) if numbers is None else numbers
        self.most_rows = sum(facts.row_group(i).num_rows for i in self.numbers)
        whole = [name for name, kind in self.frame.dtypes.items()
                 if isinstance(kind, np.dtype) and np.issubdtype(kind, np.integer)
                 ]  # fmt: skip
        self.floats = dict.fromkeys(with_gaps(facts, whole), np.float64)

    def frames(self):
        """Yield the DataFrame of each group; InputError where one cannot be read."""
        for i in self.numbers:
            try:
                frame = self.file.read_row_group(i).to_pandas()
            except Exception as error:  # pyarrow has errors of many kinds
                raise InputError(f"{self.path}: cannot be read: {error}") from None
            yield frame.astype(self.floats) if self.floats else frame


def with_gaps(facts, names):
    """Return which of some columns have a row with nothing, by a file's metadata.

    ValueError where it does not tell.
    """
    found = set()
    for i in range(facts.num_row_groups):
        for column in map(facts.row_group(i).column, range(facts.num_columns)):
            if column.path_in_schema in names:
                seen = column.statistics
                if seen is None or not seen.has_null_count:
                    raise ValueError("nobody knows without reading it")
                found.update([column.path_in_schema] * bool(seen.null_count))
    return found


def is_plain(file):
    """Return whether a ParquetFile is a table as usual.

    Not with columns within columns, two of one name, or numbers of pandas' own types.
    """
    names, kinds = file.schema_arrow.names, file.schema_arrow.empty_table().to_pandas()
    is_number = import_pandas().api.types.is_numeric_dtype
    odd = [k for k in kinds.dtypes if is_number(k) and not isinstance(k, np.dtype)]
    return len(set(names)) == file.metadata.num_columns == len(names) and not odd


def parted(counts, size):
    """Return for each of so many processes the numbers of its groups, or None.

    counts: rows of each group. All have about as many rows, and a group at least; None
    where that cannot be.
    """
    ends = np.cumsum(counts)
    wanted = [ends[-1] * i / size for i in range(1, size)]
    cuts = [1 + int(np.argmin(np.abs(ends - each))) for each in wanted]
    edges = [0, *cuts, len(counts)]
    if min(np.diff(edges)) < 1:
        return None
    return [range(*pair) for pair in zip(edges, edges[1:])]


class Part:
    """One process's part of a Parquet file, as ranges.Part is of a text file."""

    def __init__(self, file, path, told, numbers):
        self.file, self.told, self.numbers = file, told, numbers
        self.source = Groups(file, path, told)

    def find(self, together):
        """Nothing: the file itself says where the rows are."""

    def own(self):
        """Return the source of the own rows."""
        return Groups(self.file, self.source.path, self.told, self.numbers)

    def sink(self, most_rows, names, empty):
        """Return what takes the own rows."""
        return Gathered(most_rows, names, empty)

    def seen(self):
        """Return what is to be told of the own rows besides their columns."""

    def settle(self, told):
        """Return whether all is as it seemed."""
        return True


def shareable(path, told, rank, size):
    """Return the Part of one of so many processes, None where each is to read all.

    told: a told.Reading.
    """
    try:
        from pyarrow.parquet import ParquetFile

        file = ParquetFile(path)
        groups = map(file.metadata.row_group, range(file.metadata.num_row_groups))
        parts = parted([group.num_rows for group in groups], size)
        if parts and is_plain(file):
            return Part(file, path, told, parts[rank])
    except Exception:  # no pyarrow, no such file, ...: the reading of all says it
        pass
    return None
