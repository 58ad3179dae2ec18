"""What processes saw of a part of the rows each becomes what one would have seen.

It travels as JSON: nothing that is received is run.
"""

import collections

import numpy as np

from ..theory import exchanged
from .cells import Form
from .deciding import counts_rows, is_identifier
from .scanning import MOST_LEVELS, Scan
from .seen import Seen


def told(scan):
    """Return what a Scan saw, as a dict of JSON's types."""
    forms = [
        [{**form._asdict(), "decimals": sorted(form.decimals)}, int(n), int(row), cell]
        for form, (n, row, cell) in scan.forms.items()
    ]
    begin = None if scan.begin is None else float(scan.begin)
    found = {"name": scan.name, "forms": forms, "begin": begin}
    found.update(last=float(scan.last), counting=bool(scan.counting))
    names = "rows", "gaps", "typed", "levels", "dates"
    return {**found, **{name: getattr(scan, name) for name in names}}


def merged(parts):
    """Return the Scan of a column whose parts, in the order of their rows, told these.

    As if one process had gone through all rows. Of a column that is hopeless, that one
    looks no further: so what it counted until then may be less.
    """
    whole = Scan(parts[0]["name"])
    for part in parts:
        if part["rows"] and not whole.hopeless:
            add(whole, part)
        whole.rows += part["rows"]
    return whole


def add(whole, part):
    """Add to a Scan what the next rows told of their columns."""
    for fields, count, row, cell in part["forms"]:
        form = Form(**{**fields, "decimals": frozenset(fields["decimals"])})
        seen = whole.forms.setdefault(form, [0, whole.rows + row, cell])
        seen[0] += count
    whole.gaps += part["gaps"]
    whole.typed = whole.typed or part["typed"]
    if whole.levels is None or part["levels"] is None:
        whole.levels = None
    else:
        whole.levels.update(collections.Counter(part["levels"]))
        if len(whole.levels) > MOST_LEVELS:
            whole.levels = None
    if part["dates"] is not None:
        days = whole.dates if whole.dates is not None else part["dates"]
        both = (form for form in days if form in part["dates"])
        whole.dates = {form: min(days[form], part["dates"][form]) for form in both}
    if part["begin"] is not None:
        goes_on = part["begin"] > whole.last
        whole.counting = whole.counting and part["counting"] and goes_on
        whole.last = part["last"]


class SeenByAll(Seen):
    """A Seen of the rows of all processes, each of which walks its own.

    walk(): yields this one's rows, as Seen.add takes them. everyone: as theory.Alone
    says.
    """

    def __init__(self, names, settle, walk, everyone):
        super().__init__(names, settle)
        self.everyone = everyone
        first = next((X for X in walk() if len(X)), None)
        if first is not None:
            self.add(first)
        begin = None if first is None else [self.first, self.shift, self.unit]
        begin = next(filter(None, exchanged(everyone, begin)), None)
        super().__init__(names, settle)
        if begin is None:
            return  # nobody has rows
        self.begin(*map(np.array, begin))
        for X in walk():
            self.add(X)
        self.take_in(exchanged(everyone, self.told()))

    def told(self):
        """Return what was seen here, by name."""
        names = "n", "same", "sums", "squares", "settled", "R"
        return {name: getattr(self, name) for name in names}

    def take_in(self, parts):
        """Become what all have seen: parts are what they told, by rank.

        A column that adds to the others in one's rows does so in all rows; else the R
        of the stacked Rs is the R of all rows.
        """
        width = len(self.sums)
        self.n = sum(part["n"] for part in parts)
        same = set.intersection(*(set(part["same"]) for part in parts))
        self.same = np.array(sorted(same), int)
        self.sums = np.sum([part["sums"] for part in parts], axis=0)
        self.squares = np.sum([part["squares"] for part in parts], axis=0)
        Rs = [np.reshape(part["R"], (-1, width + 1)) for part in parts]
        settled = [R for R, part in zip(Rs, parts) if part["settled"]]
        self.settled = bool(settled)
        self.R = settled[0] if settled else np.linalg.qr(np.vstack(Rs), mode="r")

    def identifiers(self, names, rows):
        """Return what Seen.identifiers does; all call it together."""
        return {j for j, parts in self.ids.items()
                if self.identifies(names[j], np.concatenate([[], *parts]), rows)
                }  # fmt: skip

    def identifies(self, name, values, rows):
        """Return deciding.is_identifier of all processes' values; these are own ones.

        All travel only where they are different in each process, and not in order.
        """
        rising = bool((np.diff(values) > 0).all())
        differ = rising or len(np.unique(values)) == len(values)
        fits = bool((values == np.floor(values)).all()) and differ
        n = len(values)
        some = values[sorted({0, n // 2, n - 1})] if n else values  # of rising ones
        told = exchanged(self.everyone, [fits, rising, some])
        if not all(fit for fit, *_ in told):
            return False
        ends = np.concatenate([some for *_, some in told])
        in_order = all(rising for _, rising, _ in told) and (np.diff(ends) > 0).all()
        if in_order or counts_rows(name):
            return is_identifier(name, ends, rows) and bool(in_order)
        every = self.everyone.gather(np.ascontiguousarray(values, "<f8").tobytes())
        return is_identifier(name, np.frombuffer(b"".join(every), "<f8"), rows)
