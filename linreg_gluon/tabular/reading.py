"""From cells to numbers: the columns and rows of a source that can be used."""

import numpy as np

from .. import theory
from ..config import InputError
from .columns import Column, decide, is_identifier
from .layout import shortened
from .plan import Plan, find_columns
from .preparing import add_to_fingerprint, begin_fingerprint
from .scanning import Scan, decimal_sign, place
from .strict import check_strictly

WIDE = 500  # columns: from here on it is first looked whether there are rows enough


class Reader:
    """Turns a source into the numbers and the Plan of a Table.

    target, features, choices: as for read_csv. largest: the largest number that is
    trained with. on_rows(done, at_most): progress, or None.
    """

    def __init__(self, source, target, features, choices, *, largest, on_rows=None):
        self.source, self.choices, self.target = source, choices, target
        self.largest, self.on_rows, self.asked = largest, on_rows, features is not None
        self.path = source.path or "the table"
        *self.positions, last = self.pick(target, features)
        if not self.positions:
            fault = f"no column besides the target {target!r}; add a feature"
            raise InputError(f"{self.path}: {fault}")
        self.positions.append(last)
        self.names = [source.columns[i] for i in self.positions]

    def pick(self, target, features):
        """Return the positions of the columns to look at, the target's last."""
        source, choices = self.source, self.choices
        named = [*choices.categories, *choices.dates, *choices.leave_out]
        (last, *asked), _ = (
            find_columns(source, [target, *(features or ())]),
            find_columns(source, named),
        )
        if features is None:
            out = {last, *find_columns(source, choices.leave_out)}
            asked = [i for i in range(len(source.columns)) if i not in out]
        seen = {last}
        for i in asked:
            if i in seen:
                fault = f"column {source.columns[i]!r} is asked for twice; name it once"
                raise InputError(f"{self.path}: {fault}")
            seen.add(i)
        return [*asked, last]

    def all(self):
        """Return (values float64 (n, d + 1), Plan)."""
        scans, values, plain = self.look()
        plan, used = self.decide(scans)
        if values is None:
            values = self.encoded(plan, plain, len(plan.names) + 1)
        elif len(used) < len(self.names):
            values = squeezed(values, columns=used)
        return self.tidy(values, plan)

    def part(self, keep):
        """Return (the rows to keep, Plan, how many there are, sha256 of all).

        keep: as for read_csv. Columns that are constant or follow from others stay.
        """
        if self.choices.missing == "mean":
            raise InputError("--missing mean is for one process; fill the gaps before")
        scans, _, plain = self.look(values=False)
        plan, _ = self.decide(scans)
        n = plan.rows
        if plan.gaps:
            blocks = self.blocks(plan, plain)
            n = sum(int((~np.isnan(block).any(axis=1)).sum()) for block in blocks)
        self.check_enough(n, plan)
        kept, digest = keep(n), begin_fingerprint((n, len(plan.names) + 1))
        values, done, filled = np.empty((int(kept.sum()), len(plan.names) + 1)), 0, 0
        for block in self.blocks(plan, plain):
            block = block[~np.isnan(block).any(axis=1)]
            part = block[kept[done : done + len(block)]]
            values[filled : filled + len(part)] = part
            filled += len(part)
            add_to_fingerprint(digest, block)
            done += len(block)
            if self.on_rows:
                self.on_rows(done, n)
        return values, plan.replaced(used=n), n, digest.hexdigest()

    def look(self, values=True):
        """Return (Scans, values or None, positions of plain numbers) of all columns.

        values: float64 (n, d + 1) where all are plain numbers, else None.
        """
        self.check_wide()
        if self.choices.strict:
            return self.look_strictly(values)
        forced = {*self.choices.categories, *self.choices.dates}
        free = [i for i, n in zip(self.positions, self.names) if n not in forced]
        plain = self.source.plain(free)
        try:
            return (*self.scan(plain, values), plain)
        except InputError:
            raise
        except (ValueError, OverflowError):  # numbers, but only as far as one saw
            plain = frozenset()
            return (*self.scan(plain, values), plain)

    def look_strictly(self, values):
        """Return what look does; InputError with all faults unless all is plain."""
        source, plain = self.source, frozenset(self.positions)
        if hasattr(source, "sample"):  # pandas takes True for 1
            sample = [source.sample(self.positions)]
            check_strictly(source, self.positions, self.largest, sample)
        found = None
        try:
            found = self.scan(plain, values)
        except InputError:
            raise
        except (ValueError, OverflowError):
            pass
        if found is None or any(scan.gaps for scan in found[0]):
            check_strictly(source, self.positions, self.largest)
            raise InputError(f"{self.path}: not all cells are plain numbers")
        return (*found, plain)

    def scan(self, plain, values):
        """Return what look does; plain: the positions of plain numbers."""
        source, scans, done = self.source, [Scan(name) for name in self.names], 0
        found = None
        if values and plain.issuperset(self.positions):
            found = np.empty((source.most_rows, len(scans)))
        for block in source.blocks(self.positions, plain):
            for scan, cells in zip(scans, block):
                scan.add(cells, source.gaps)
            if found is not None:
                self.check_size(block, done)
                rows = found[done : done + len(block[0])]
                for j, cells in enumerate(block):
                    rows[:, j] = cells
            done += len(block[0])
            if self.on_rows:
                self.on_rows(done, source.most_rows)
        if not done:
            raise InputError(f"{self.path}: has a header but no rows; add the data")
        return scans, found if found is None else found[:done]

    def decide(self, scans):
        """Return (Plan before rows are left out, indices of the columns it uses)."""
        source, choices = self.source, self.choices
        decimal = decimal_sign(scans, source)
        told = {"decimal": decimal, "asked": self.asked}
        target = self.decide_target(scans[-1], {**told, "asked": True})
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
            self.refuse_nothing(plan)
        return plan, [*used, len(scans) - 1]

    def decide_target(self, scan, told):
        """Return the target's Column; InputError unless it can be a number."""
        found = decide(scan, self.source, self.choices, **told)
        if isinstance(found, Column) and found.kind != "category":
            return found
        if found == "empty":
            fault = f"the target {scan.name!r} has no numbers at all"
            raise InputError(f"{self.path}: {fault}")
        row, cell = scan.first(lambda form: form.kind != "gap")
        raise InputError(
            f"{place(self.source, (row, scan.name, cell))}: the target must be a "
            "number; name another column, or encode it"
        )

    def blocks(self, plan, plain):
        """Yield float64 (n, d + 1) blocks of what a Plan makes of the source."""
        names = [column.name for column in (*plan.columns, plan.target)]
        places, row = dict(zip(self.names, self.positions)), 0
        positions = [places[name] for name in names]
        numbers = {p for p, c in zip(positions, plan.columns) if c.kind == "number"}
        plain = frozenset(plain) & (numbers | {positions[-1]})
        for features, labels in plan.encode(self.source, positions, plain, target=True):
            block = np.column_stack([features, labels])
            self.check_size(block.T, row)
            row += len(block)
            yield block

    def encoded(self, plan, plain, width):
        """Return all that blocks gives as one array."""
        values, done = np.empty((plan.rows, width)), 0
        for block in self.blocks(plan, plain):
            values[done : done + len(block)] = block
            done += len(block)
        return values

    def check_size(self, columns, row):
        """Refuse a number that is larger than what is trained with. row: the first."""
        with np.errstate(invalid="ignore"):
            for j, column in enumerate(columns):
                large = np.abs(column) > self.largest
                if large.any():
                    self.refuse_size(row + int(np.argmax(large)))

    def refuse_size(self, row):
        """Name the first cell of a row that is too large."""
        _, cells = self.source.record(row)
        for i in self.positions:
            try:
                large = abs(float(cells[i])) > self.largest
            except ValueError:
                continue
            if large:
                limit = f"{cells[i].strip()} is too large (limit {self.largest:.3g})"
                where = f"{self.source.where(row)}, column {self.source.columns[i]!r}"
                raise InputError(f"{where}: {limit}; use a larger unit")
        fault = f"a number is too large (limit {self.largest:.3g}); use a larger unit"
        raise InputError(f"{self.source.where(row)}: {fault}")

    def tidy(self, values, plan):
        """Return (values, Plan) without rows with gaps and columns that tell nothing."""
        values, plan = without_gaps(values, plan)
        if not len(values):
            counts = plan.rows_line()
            raise InputError(f"{self.path}: {counts}: leave columns out, or fill gaps")
        if len(values) == 1:
            self.check_enough(1, plan)
        out = {}
        if not (self.asked or self.choices.strict):
            for j, name in enumerate(plan.names):
                if is_identifier(name, values[:, j], plan.rows):
                    out[j] = "an identifier: a number of its own in each row"
        if not self.choices.strict:
            out.update(constants(values[:, :-1]))
        values, plan = without(values, plan, out)
        if not plan.names:
            self.refuse_nothing(plan)
        self.check_enough(len(values), plan)
        if not self.choices.strict:
            found = theory.dependencies(values[:, :-1])
            out = {
                j: "follows from " + ", ".join(plan.names[k] for k in others)
                if others
                else "constant"
                for j, others in found.items()
            }
            values, plan = without(values, plan, out)
        return values, plan

    def check_wide(self):
        """Refuse a table of many columns that cannot have rows enough, at once."""
        wide = len(self.positions)
        if wide > WIDE and self.source.most_rows < wide // 2:
            self.refuse_few(self.source.count(), wide - 1)

    def check_enough(self, n, plan):
        """Raise InputError where n rows are too few for what is to be learned."""
        if n <= len(plan.names):
            lost = f" ({plan.rows_line()})" if n < plan.rows else ""
            self.refuse_few(n, len(plan.names), lost)

    def refuse_nothing(self, plan):
        """Say that no column can be used, and why not."""
        raise InputError(
            f"{self.path}: no column is left to predict {self.target!r} from; "
            + "; ".join(plan.said()[-1:])
        )

    def refuse_few(self, n, d, lost=""):
        """Say that n rows are too few for d features."""
        rows, s = f"{n} row{'s' * (n != 1)}", "s" * (d != 1)
        raise InputError(
            f"{self.path}: {rows} are too few for {d} feature{s} and a bias{lost}; "
            f"give at least {d + 1} rows or fewer --features"
        )


def unnamed(found, position, scan):
    """Return what becomes of a column without a name: row names are left out."""
    if position and not isinstance(found, Column):
        return f"it has no name and is {shortened(found)}"
    if position:
        return found
    if not isinstance(found, Column) or found.kind != "number" or found.unit:
        return "row names"
    return "row numbers" if scan.counting else found


def squeezed(values, rows=None, columns=None):
    """Return values (n, k) of some rows (bool (n,)) and columns, moved in place."""
    flat, done = values.reshape(-1), 0
    k = values.shape[1] if columns is None else len(columns)
    for part in theory.blocks(len(values)):
        block = values[part]
        block = block if rows is None else block[rows[part]]
        block = block.copy() if columns is None else block[:, columns]
        flat[done * k : (done + len(block)) * k] = block.reshape(-1)
        done += len(block)
    return flat[: done * k].reshape(done, k)


def without_gaps(values, plan):
    """Return (values, Plan) with rows of gaps left out, or filled with the means."""
    if not plan.gaps:
        return values, plan
    if plan.missing == "mean":
        with np.errstate(invalid="ignore"):
            means = [float(np.nanmean(values[:, j])) for j in range(len(plan.names))]
        for j, mean in enumerate(means):
            column = values[:, j]
            column[np.isnan(column)] = mean
        plan = plan.replaced(means=tuple(means))
    good = np.empty(len(values), bool)
    for part in theory.blocks(len(values)):
        good[part] = ~np.isnan(values[part]).any(axis=1)
    return squeezed(values, rows=good), plan.replaced(used=int(good.sum()))


def constants(features):
    """Return {j: why} of the columns that do not vary."""
    low, high = features.min(axis=0), features.max(axis=0)
    return {int(j): "constant" for j in np.flatnonzero(low == high)}


def without(values, plan, out):
    """Return (values, Plan) without the columns j of out, {j: why}."""
    if not out:
        return values, plan
    kept = [j for j in range(len(plan.names)) if j not in out]
    left_out = [(plan.names[j], why) for j, why in sorted(out.items())]
    means = tuple(plan.means[j] for j in kept) if plan.means else ()
    plan = plan.replaced(
        names=tuple(plan.names[j] for j in kept),
        means=means,
        left_out=(*plan.left_out, *left_out),
    )
    return squeezed(values, columns=[*kept, values.shape[1] - 1]), plan
