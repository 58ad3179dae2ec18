"""From cells to numbers: the columns and rows of a source that can be used."""

import functools

import numpy as np

from ..config import InputError
from .columns import Column
from .deciding import decide, decide_target, unnamed
from .decimals import decimal_sign
from .fingerprints import Marks
from .judging import judged
from .limits import check_names, check_size, check_wide, refuse_nothing
from .plan import Plan
from .scanning import Scan
from .seen import Seen
from .sources import picked
from .strict import check_strictly
from .tidying import Gathered, squeezed, tidy


class Reader:
    """Turns a source into the numbers and the Plan of a Table.

    target, features, choices, empty: as for read_csv. largest: the largest number that
    is trained with. on_rows(done, at_most): progress, or None.
    """

    def __init__(self, source, target, features, choices, *, empty, largest, on_rows):
        self.source, self.choices, self.target = source, choices, target
        self.rows = source  # where blocks come from: it may hold a part of the rows
        self.largest, self.on_rows, self.empty = largest, on_rows, empty
        self.asked = features is not None
        self.path = source.path or "the table"
        *self.positions, last = picked(source, target, features, choices)
        if not self.positions:
            fault = f"no column besides the target {target!r}; add a feature"
            raise InputError(f"{self.path}: {fault}")
        self.positions.append(last)
        self.names = [source.columns[i] for i in self.positions]

    def all(self):
        """Return (values float64 (n, d + 1), Plan)."""
        scans, found, plain = self.look(functools.partial(Gathered, empty=self.empty))
        plan, used = self.decide(scans)
        if found is None:
            found = Gathered(plan.rows, [*plan.names, plan.target], self.empty)
            for block in self.blocks(plan, plain):
                found.take(block.T)
            used = self.names
        values = found.values[: found.n]
        if len(used) < len(self.names):
            values = squeezed(values, columns=used)
        return tidy(values, plan, self.source.path, self.choices, asked=self.asked)

    def part(self, keep, flat):
        """Return (the rows to keep, Plan, how many there are, both marks of all).

        keep, flat: as for read_csv. What is used is what all would use.
        """
        if self.choices.missing == "mean":
            raise InputError("--missing mean is for one process; fill the gaps before")
        scans, seen, plain = self.look(Seen.of_all)
        plan, used = self.decide(scans)

        def walk(kept):
            for block in self.blocks(plan, plain):
                good = ~np.isnan(block[:, [*kept, -1]]).any(axis=1)
                yield block[good][:, kept]

        if seen and not (len(used) == len(self.names) and seen.sure):
            seen = None  # of other columns, and so of other rows
        told = {"asked": self.asked, "seen": seen}
        plan, _ = judged(plan, walk, self.source.path, self.choices, **told)
        return self.kept(keep, plan, plain, flat)

    def kept(self, keep, plan, plain, flat):
        """Return what part does, of a finished Plan."""
        n, width = plan.used, len(plan.names) + 1
        kept, marks, done, filled = keep(n), Marks((n, width), flat), 0, 0
        values = self.empty((int(kept.sum()), width))
        for block in self.blocks(plan, plain):
            block = block[~np.isnan(block).any(axis=1)]
            part = block[kept[done : done + len(block)]]
            values[filled : filled + len(part)] = part
            filled += len(part)
            marks.add(block)
            done += len(block)
            if self.on_rows:
                self.on_rows(done, n)
        return (values, plan, n, *marks.found())

    def look(self, sink):
        """Return (Scans, what took the numbers, positions of plain numbers).

        sink(most_rows, names): takes blocks of all columns, where all are plain
        numbers; else there is None.
        """
        if not self.choices.wide:
            check_wide(self.source, self.positions)
        if self.choices.strict:
            return self.look_strictly(sink)
        plain = self.guess()
        try:
            return (*self.scan(plain, sink), plain)
        except InputError:
            raise
        except (ValueError, OverflowError):  # numbers, but only as far as one saw
            plain = frozenset()
            return (*self.scan(plain, sink), plain)

    def guess(self):
        """Return the positions of plain numbers, as far as the first rows tell.

        All are, where that is asked for strictly; InputError if the first rows do not.
        """
        if self.choices.strict:
            if hasattr(self.source, "sample"):  # pandas takes True for 1
                told = self.source, self.positions, self.largest
                check_strictly(*told, [self.source.sample(self.positions)])
            return frozenset(self.positions)
        forced = {*self.choices.categories, *self.choices.dates}
        free = [i for i, n in zip(self.positions, self.names) if n not in forced]
        return self.source.plain(free)

    def look_strictly(self, sink):
        """Return what look does; InputError with all faults unless all is plain."""
        source, plain, found = self.source, self.guess(), None
        try:
            found = self.scan(plain, sink)
        except InputError:
            raise
        except (ValueError, OverflowError):
            pass
        if found is None or any(scan.gaps for scan in found[0]):
            check_strictly(source, self.positions, self.largest)
            raise InputError(f"{self.path}: not all cells are plain numbers")
        return (*found, plain)

    def scan(self, plain, sink):
        """Return what look does; plain: the positions of plain numbers."""
        source, scans, done = self.rows, [Scan(name) for name in self.names], 0
        found = None
        if plain.issuperset(self.positions):
            found = sink(source.most_rows, self.names)
        for block in source.blocks(self.positions, plain):
            for scan, cells in zip(scans, block):
                scan.add(cells, source.gaps)
            if found is not None:
                self.check_size(block, done)
                found.take(block)
            done += len(block[0])
            if self.on_rows:
                self.on_rows(done, source.most_rows)
        if not done:
            raise InputError(f"{self.path}: has a header but no rows; add the data")
        return scans, found

    def decide(self, scans):
        """Return (Plan before rows are left out, indices of the columns it uses)."""
        source, choices = self.source, self.choices
        decimal = decimal_sign(scans, source)
        told = {"decimal": decimal, "asked": self.asked}
        target = decide_target(scans[-1], source, choices, decimal=decimal)
        columns, left_out, used = [], [(n, "as asked") for n in choices.leave_out], []
        for j, (scan, i) in enumerate(zip(scans[:-1], self.positions)):
            found = decide(scan, source, choices, **told)
            if i in source.unnamed and not self.asked:
                found = unnamed(found, i, scan)
            if isinstance(found, Column):
                columns.append(found)
                used.append(j)
            else:
                left_out.append((scan.name, found))
        gaps = [(scans[j].name, scans[j].gaps) for j in [*used, -1] if scans[j].gaps]
        plan = Plan(
            target,
            tuple(columns),
            tuple(name for column in columns for name in column.names),
            rows=scans[-1].rows,
            used=scans[-1].rows,
            gaps=tuple(gaps),
            left_out=tuple(left_out),
            missing=choices.missing,
            decimal=decimal,
            sep=source.sep,
            read_as=tuple(source.said()),
        )
        if not columns:
            refuse_nothing(self.source.path, plan)
        check_names(source.path, plan.names)
        return plan, [*used, len(scans) - 1]

    def blocks(self, plan, plain):
        """Yield float64 (n, d + 1) blocks of what a Plan makes of the source."""
        names = [column.name for column in (*plan.columns, plan.target)]
        places, row = dict(zip(self.names, self.positions)), 0
        positions = [places[name] for name in names]
        numbers = {p for p, c in zip(positions, plan.columns) if c.kind == "number"}
        plain = frozenset(plain) & (numbers | {positions[-1]})
        for features, labels in plan.encode(self.rows, positions, plain, target=True):
            block = np.column_stack([features, labels])
            self.check_size(block.T, row)
            row += len(block)
            yield block

    def check_size(self, columns, row):
        """Refuse a number above the largest; columns: from the source's row on."""
        check_size(self.source, self.positions, self.largest, columns, row)
