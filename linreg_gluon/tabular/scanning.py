"""One pass over the cells: what each column could be, and which sign is decimal."""

import collections
import re

import numpy as np

from ..config import InputError
from .cells import form_of, signatures
from .layout import shortened
from .sources import import_pandas

MOST_LEVELS = 1000  # different texts that are counted: with more no column has few
MANY_SHAPES = 1000  # different texts of one block that are all judged
TIMES = "", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", "T%H:%M:%SZ", " %H:%M:%S.%f"
DAYS = {
    "9-9-9": ("%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y"),
    "9/9/9": ("%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y"),
    "9.9.9": ("%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y"),
    "9-9": ("%Y-%m",),
    "9-A-9": ("%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y"),
    "9 A 9": ("%d %b %Y", "%d %B %Y"),
    "A 9 9": ("%b %d %Y", "%B %d %Y"),
    "A 9, 9": ("%b %d, %Y", "%B %d, %Y"),
}


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
            steps = np.diff(np.concatenate([[self.last], cells]))
            self.counting = bool((steps > 0).all() and (cells == np.floor(cells)).all())
            self.last = cells[-1]

    def add_texts(self, cells, words):
        """Take in cells that are str: each different one is judged once."""
        codes, different = import_pandas().factorize(cells)
        counts, firsts = np.bincount(codes), first_places(codes, len(different))
        marks, shapes = import_pandas().factorize(np.array(signatures(list(different)), object))
        totals = np.bincount(marks, counts)
        places = first_places(marks, len(shapes))
        forms = [form_of(shape, words) for shape in shapes]
        for form, total, place in zip(forms, totals, places):
            seen = self.forms.setdefault(form, [0, self.rows + firsts[place], different[place]])
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
        return bool(forms) and all(f.kind == "number" for f in forms) and (
            len({form.unit for form in forms}) == 1
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


def formats_like(text):
    """Return the date formats that a text has the shape of."""
    if len(text) > 40:
        return ()
    day, sign, time = text.partition("T" if "T" in text[4:] and ":" in text else " ")
    if ":" not in time:
        day, time = text, ""
    shape = re.sub(r"[A-Za-z]+", "A", re.sub(r"\d+", "9", day))
    return [form + end for form in DAYS.get(shape, ()) for end in TIMES if bool(time) == bool(end)]


def decimal_sign(scans, source, prior=None):
    """Return the decimal sign of a file, "." or ",".

    scans: of its columns; those that are numbers have a say. prior: the sign to take
    where both fit all cells. Raises InputError where none fits all of them, or both do
    and the values would differ.
    """
    told = source.told.decimal
    scans = [scan for scan in scans if scan.is_number and not scan.typed]
    if told:
        return told
    for scan in scans:
        check_one_notation(scan, source)
    only = {".": source.point, ",": None}
    unsure = {}
    for scan in scans:
        for form, (_, row, cell) in scan.forms.items():
            if form.kind == "number" and len(form.decimals) == 1:
                (sign,) = form.decimals
                only[sign] = only[sign] or (row, scan.name, cell)
            if form.unsure:
                unsure.setdefault(form.unsure, (row, scan.name, cell))
    if only["."] and only[","]:
        raise InputError(
            f"{place(source, only['.'])} has a decimal point, "
            f"{place(source, only[','], short=True)} a decimal comma; "
            "name the right one with --decimal"
        )
    proven = [sign for sign in ".," if only[sign]]
    return proven[0] if proven else prior or by_default(unsure, source)


def check_one_notation(scan, source):
    """Refuse 1,000 and 1,5 in one column: is the first a thousand or one?

    It is one where other cells have three digits after a comma that parts no thousands.
    """
    if any(form.third and "," in form.decimals for form in scan.forms):
        return
    grouped = scan.first(lambda form: form.unsure == ",")
    decimal = scan.first(lambda f: f.kind == "number" and f.decimals == {","})
    if grouped and decimal:
        row, cell = grouped
        other = place(source, (decimal[0], scan.name, decimal[1]), short=True)
        raise InputError(
            f"{place(source, (row, scan.name, cell))} may be a thousand or a decimal "
            f"number, beside {other}; say which with --decimal or --thousands"
        )


def by_default(unsure, source):
    """Return the decimal sign where all cells can be read with either."""
    comma, point = unsure.get(","), unsure.get(".")
    doubtful = comma if source.sep != "," else comma and point and comma
    doubtful = doubtful or (point if source.sep == ";" else None)
    if doubtful:
        raise InputError(
            f"{place(source, doubtful)} may be a thousand or a decimal number, and no "
            "other cell tells; say which with --decimal , or --decimal ."
        )
    return "."


def place(source, seen, short=False):
    """Return where a cell stands, and the cell. seen: (row, name of the column, cell)."""
    row, name, cell = seen
    where = source.where(row)
    where = where.rpartition(", ")[2] if short else where
    return f"{where}, column {name!r}: {shortened(cell)!r}"
