"""A text file as blocks of cells, read by pandas."""

import dataclasses
import itertools
import re
import warnings

import numpy as np

from ..config import InputError
from ..theory import BLOCK
from .cells import form_of, gap_words, signatures
from .frames import import_pandas
from .records import AHEAD, cells_of, check_widths, lines, records
from .told import Reading

SAMPLE_ROWS = 1000
BLOCK_CELLS = 2_000_000
PLAIN = re.compile(r"[ \t]*[+-]?([9z]+(\.[9z]*)?|\.[9z]+)([eE][+-]?[9z]+)?[ \t]*")


class Text:
    """A text file. columns: its names. gaps: words that mark a gap, casefolded."""

    def __init__(self, layout, told=Reading()):
        self.layout, self.path, self.told = layout, layout.path, told
        self.columns, self.most_rows = layout.columns, layout.most_rows
        self.sep, self.gaps = layout.sep, gap_words(told)
        self.unnamed, self.repeated = frozenset(layout.unnamed), layout.repeated
        self.head = layout.head
        self.checked = False  # whether all rows are known to have a cell a column
        self.point = None  # (row, column, cell) of a plain number with a point
        self.look = None  # a files.Look that is to see the bytes of the rows

    def settle(self, lines):
        """Know how many lines the file has, where that was a guess."""
        self.layout = dataclasses.replace(self.layout, lines=lines)
        self.most_rows = self.layout.most_rows

    def said(self):
        """Return what is not plain about the file, in words."""
        return self.layout.said()

    def where(self, row):
        """Return the place of a row, counted from 0."""
        return f"{self.path}, line {self.record(row)[0]}"

    def places(self, rows):
        """Return "line 7" for each of some rows, counted from 0, in one pass."""
        numbered = enumerate(records(self.path, self.layout, False))
        wanted, last = set(rows), max(rows, default=-1)
        first = itertools.islice(numbered, last + 1)
        lines = {row: line for row, (line, _) in first if row in wanted}
        return ["line %d" % lines[row] for row in rows]

    def record(self, row):
        """Return (number of its line, cells) of a row, counted from 0."""
        rows = records(self.path, self.layout, False)
        return next(itertools.islice(rows, row, None), (0, [""] * len(self.columns)))

    def rows(self):
        """Yield the cells of each row as they are."""
        return (cells for _, cells in records(self.path, self.layout, False))

    def count(self):
        """Return how many rows there are, where none is too long or too short."""
        check_widths(self.path, self.layout)
        with lines(self.path, self.layout) as text:
            return sum(map(any, cells_of(text, text.quickest, self.sep)))

    def sample(self, picked):
        """Return the first rows of the columns at the positions picked, as cells."""
        blocks = self.blocks(picked, rows=SAMPLE_ROWS)
        found = next(blocks, None)
        blocks.close()
        if found is None:
            raise InputError(f"{self.path}: has a header but no rows; add the data")
        return found

    def plain(self, picked):
        """Return which of the columns picked hold plain numbers, as far as one sees."""
        if self.told.decimal == ",":
            return frozenset()
        cells = dict(zip(picked, self.sample(picked)))
        found = frozenset(i for i, some in cells.items() if self.is_plain(some))
        points = ((k, i) for i in found for k, c in enumerate(cells[i]) if "." in c)
        for row, i in points:
            if form_of(signatures([cells[i][row]])[0], self.gaps).decimals == {"."}:
                self.point = row, self.columns[i], cells[i][row]
                break
        return found

    def is_plain(self, cells):
        """Return whether pandas' own float64 reads these cells as we would."""
        alone = set(cells.tolist())
        numbers = alone - {word for word in alone if word.casefold() in self.gaps}
        marks = set(signatures(list(numbers)))
        if not marks or not all(map(PLAIN.fullmatch, marks)):
            return False
        forms = [form_of(mark, self.gaps) for mark in marks]
        unsure = self.sep == ";" and any(form.unsure for form in forms)
        return not (unsure or any(form.padded for form in forms))

    def blocks(self, picked, plain=(), rows=None):
        """Yield the columns picked in blocks of rows; those of plain as float64.

        Raises ValueError where one of these is no number, InputError where a row has
        more or fewer cells than there are columns, or a quote has no end.
        """
        width = len(self.columns)
        try:
            for frame in self.frames(frozenset(plain), rows):
                last = frame[width - 1]
                if not self.checked and (last.isna() | last.eq("")).any():
                    check_widths(self.path, self.layout)  # a row cut short?
                    self.checked = True
                yield [frame[i].to_numpy() for i in picked]
        except InputError:
            raise
        except Warning:  # rows that are too long
            check_widths(self.path, self.layout)
            raise InputError(f"{self.path}: has rows that are too long") from None
        except UnicodeError as error:
            fault = f"is not {self.layout.encoding} ({error.reason}); say --encoding"
            raise InputError(f"{self.path}: {fault}") from None
        except import_pandas().errors.ParserError as error:
            if "out of memory" in str(error):
                raise MemoryError(f"{self.path}: memory ends, reading it") from None
            check_widths(self.path, self.layout)
            fault = str(error).splitlines()[0]
            raise InputError(f"{self.path}: pandas cannot read it: {fault}") from None

    def frames(self, plain, rows=None):
        """Yield the file as DataFrames, columns named by position.

        All columns are read, because pandas overlooks rows of the wrong length where it
        may skip columns.
        """
        pandas, width = import_pandas(), len(self.columns)
        mean_line = self.layout.size // max(1, self.layout.lines) + 1
        rows = rows or min(BLOCK, BLOCK_CELLS // width, AHEAD // 8 // mean_line)
        opened = lines(self.path, self.layout, self.look)
        with opened as text, warnings.catch_warnings():
            warnings.simplefilter("error", pandas.errors.ParserWarning)
            reader = pandas.read_csv(
                text,
                sep=r"\s+" if self.sep == " " else self.sep,
                header=None,
                names=range(width),
                dtype={i: np.float64 if i in plain else str for i in range(width)},
                index_col=False,
                float_precision="round_trip",
                skipinitialspace=True,
                keep_default_na=False,
                na_values={i: self.spellings for i in plain},
                chunksize=max(1, rows),
            )
            with reader:
                while True:
                    text.meter.seen = 0
                    try:
                        frame = next(reader)
                    except (StopIteration, pandas.errors.EmptyDataError):
                        return
                    if len(frame):
                        yield frame

    @property
    def spellings(self):
        """The words for a gap as people write them."""
        forms = str.lower, str.upper, str.title, str
        return sorted({form(word) for word in self.gaps for form in forms} | {"NaN"})
