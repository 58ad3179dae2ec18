"""What cannot be trained with: too few rows, no column left, numbers too large."""

import numpy as np

from ..config import InputError

WIDE = 500  # columns: from here on it is first looked whether there are rows enough


def check_apart(source, choices, target, features):
    """Raise InputError where what is said of one column contradicts itself."""
    told = {"--target": [target], "--leave-out": choices.leave_out}
    told.update({"--categories": choices.categories, "--dates": choices.dates})
    for flag in "--categories", "--dates", "--target":
        for name in map(str.strip, told[flag]):
            for other in "--leave-out", "--categories":
                if other != flag and name in map(str.strip, told[other]):
                    fault = f"{flag} and {other} both name {name!r}; say one of them"
                    raise InputError(f"{source.path or 'the table'}: {fault}")
    if features is not None:
        used = {target.strip(), *map(str.strip, features)}
        for flag in "--leave-out", "--categories", "--dates":
            for name in map(str.strip, told[flag]):
                if (name in used) == (flag == "--leave-out"):
                    what = "is" if name in used else "is not"
                    fault = f"{flag} {name}: it {what} among the --features"
                    raise InputError(f"{source.path or 'the table'}: {fault}")


def check_names(path, names):
    """Raise InputError where two columns of numbers have one name."""
    seen = set()
    for name in names:
        if name in seen:
            fault = f"a column and a level would both be named {name!r}; rename one"
            raise InputError(f"{path or 'the table'}: {fault}")
        seen.add(name)


def check_wide(source, positions):
    """Refuse a table of many columns that cannot have rows enough, at once."""
    wide = len(positions)
    if wide > WIDE and source.most_rows < wide // 2:
        refuse_few(source.path, source.count(), wide - 1)


def check_enough(path, n, plan):
    """Raise InputError where n rows are too few for what is to be learned."""
    if n <= len(plan.names):
        lost = f" ({plan.rows_line()})" if n < plan.rows else ""
        refuse_few(path, n, len(plan.names), lost)


def refuse_no_rows(path, plan):
    """Say that every row has a gap."""
    counts = plan.rows_line()
    raise InputError(
        f"{path or 'the table'}: {counts}: leave columns out, or fill gaps"
    )


def refuse_few(path, n, d, lost=""):
    """Say that n rows are too few for d features."""
    rows, s = "1 row is" if n == 1 else f"{n} rows are", "s" * (d != 1)
    raise InputError(
        f"{path or 'the table'}: {rows} too few for {d} feature{s} and a "
        f"bias{lost}; give at least {d + 1} rows, fewer --features "
        "or --weight-decay"
    )


def refuse_nothing(path, plan):
    """Say that no column can be used, and why not."""
    fault = f"no column is left to predict {plan.target.name!r} from"
    raise InputError(f"{path or 'the table'}: {fault}; " + "; ".join(plan.said()[-1:]))


def check_size(source, positions, largest, columns, row):
    """Refuse a number above the largest that is trained with.

    columns: of numbers, from the source's row on; positions: of those looked at.
    """
    with np.errstate(invalid="ignore"):
        for column in columns:
            large = np.abs(column) > largest
            if large.any():
                refuse_size(source, positions, largest, row + int(np.argmax(large)))


def refuse_size(source, positions, largest, row):
    """Name the first cell of a row that is too large."""
    _, cells = source.record(row)
    for i in positions:
        try:
            large = abs(float(cells[i])) > largest
        except ValueError:
            continue
        if large:
            limit = f"{cells[i].strip()} is too large (limit {largest:.3g})"
            where = f"{source.where(row)}, column {source.columns[i]!r}"
            raise InputError(f"{where}: {limit}; use a larger unit")
    fault = f"a number is too large (limit {largest:.3g}); use a larger unit"
    raise InputError(f"{source.where(row)}: {fault}")
