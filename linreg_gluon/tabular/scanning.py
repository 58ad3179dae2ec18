"""One pass over the cells: what each column could be."""

import collections

import numpy as np

from .cells import form_of, signatures
from .dates import formats_like
from .frames import import_pandas

MOST_LEVELS = 1000  # different texts that are counted: with more no column has few


class Scan:
    """What was seen of one column.

    forms: {Form: [count, first row, first cell]}. levels: {text: count} of what is no
    gap, None if there are too many. dates: {format: first day} of the formats in which
    all texts can be read. typed: pandas read plain numbers.
    """

    def __init__(self, name):
        self.name, self.rows, self.gaps, self.typed = name, 0, 0, False
        self.forms, self.levels, self.dates = {}, collections.Counter(), None
        self.last, self.counting = -1, True  # of numbers: do they count the rows?
        self.begin = None  # the first of them

    def add(self, cells, words):
        """Take in the next cells; words: those that mark a gap."""
        if cells.dtype == np.float64:
            self.typed, self.levels = True, None
            self.gaps += int(np.isnan(cells).sum())
            self.add_counting(cells)
        elif not self.hopeless:
            self.add_texts(cells, words)
        self.rows += len(cells)

    @property
    def hopeless(self):
        """Whether it is text, no date, and of too many kinds to become categories."""
        return self.levels is None and self.dates == {} and self.count("text") > 0

    def add_counting(self, cells):
        """See whether whole numbers go on to increase."""
        if self.counting and len(cells):
            self.begin = cells[0] if self.begin is None else self.begin
            steps = np.diff(np.concatenate([[self.last], cells]))
            self.counting = bool((steps > 0).all() and (cells == np.floor(cells)).all())
            self.last = cells[-1]

    def add_texts(self, cells, words):
        """Take in cells that are str: each different one is judged once."""
        codes, different = import_pandas().factorize(cells)
        counts, firsts = np.bincount(codes), first_places(codes, len(different))
        marks = np.array(signatures(list(different)), object)
        marks, shapes = import_pandas().factorize(marks)
        totals = np.bincount(marks, counts)
        places = first_places(marks, len(shapes))
        forms = [form_of(shape, words) for shape in shapes]
        for form, total, place in zip(forms, totals, places):
            here = [0, self.rows + firsts[place], different[place]]
            seen = self.forms.setdefault(form, here)
            seen[0] += int(total)
            self.gaps += int(total) * (form.kind == "gap")
        kinds = np.array([form.kind for form in forms], object)[marks]
        self.add_levels(different, counts, kinds != "gap")
        self.add_dates(different[kinds == "text"])

    def add_levels(self, different, counts, filled):
        """Count the texts that are no gaps, until there are too many."""
        if self.levels is None:
            return
        if filled.sum() > 2 * MOST_LEVELS:
            self.levels = None
            return
        for text, count in zip(different[filled], counts[filled]):
            self.levels[text.strip()] += int(count)
        if len(self.levels) > MOST_LEVELS:
            self.levels = None

    def add_dates(self, texts):
        """Keep the date formats that fit these texts, too."""
        if not len(texts) or self.dates == {}:
            return
        pandas, texts = import_pandas(), [text.strip() for text in texts]
        formats = self.dates if self.dates is not None else formats_like(texts[0])
        found = {}
        for form in formats:
            days = pandas.to_datetime(texts[:1], format=form, errors="coerce")
            if days.notna().all():
                days = pandas.to_datetime(texts, format=form, errors="coerce")
            if days.notna().all():
                first = days.min().isoformat()
                found[form] = min(first, (self.dates or {}).get(form, first))
        self.dates = found

    def count(self, kind):
        """Return how many cells are of a kind."""
        return sum(seen[0] for form, seen in self.forms.items() if form.kind == kind)

    def first(self, test):
        """Return (row, cell) of the first cell whose Form passes a test, else None."""
        found = [seen[1:] for form, seen in self.forms.items() if test(form)]
        return min(found, default=None, key=lambda place: place[0])

    @property
    def is_number(self):
        """Whether all that is no gap is a number, with one unit."""
        if self.typed:
            return True
        forms = [form for form in self.forms if form.kind != "gap"]
        return (
            bool(forms)
            and all(f.kind == "number" for f in forms)
            and (len({form.unit for form in forms}) == 1)
        )

    @property
    def is_truth(self):
        """Whether all that is no gap is a truth value, in one pair of words."""
        units = {form.unit for form in self.forms if form.kind == "truth"}
        others = self.count("number") + self.count("text")
        return len(units) == 1 and not others


def first_places(codes, count):
    """Return the first position of each of count codes."""
    places = np.empty(count, np.int64)
    places[codes[::-1]] = np.arange(len(codes))[::-1]
    return places
