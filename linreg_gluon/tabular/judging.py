"""Which columns are used, judged in the rows that have no gap in them."""

from ..theory import ALONE
from .limits import check_enough, refuse_no_rows, refuse_nothing
from .merging import SeenByAll
from .seen import Seen

ROW_NAMES = "an identifier: a number of its own in each row"
ALL_ALIKE = "constant in the rows used"


def seen_of(walk, kept, names, everyone=ALONE):
    """Return the Seen of columns; walk(kept) yields their rows without gaps."""
    for settle in True, False:
        if everyone.size > 1:
            seen = SeenByAll(names, settle, lambda: walk(kept), everyone)
        else:
            seen = Seen(names, settle)
            for X in walk(kept):
                seen.add(X)
        if not seen.n or seen.sure:
            break
    return seen


def judged(plan, walk, path, choices, *, asked=False, seen=None, everyone=ALONE):
    """Return (Plan of the columns that are used, the positions of their numbers).

    walk(kept): yields, float64 (m, k), the columns kept of plan.names in those rows
    that have no gap in them or in the target. choices: told.Choices. asked: the
    features were named, so that numbers of rows are features, too. seen: the Seen of
    all of plan.names, where there is one. everyone: as theory.Alone says; the rows are
    then this process's alone. Raises InputError where too little is left.

    A column that is left out must not cost the rows in which it has gaps: where there
    are such, the others are judged again.
    """
    owners = [column.name for column in plan.columns for _ in column.names]
    gone = {}
    while True:
        kept = [j for j, owner in enumerate(owners) if owner not in gone]
        part = without(plan, gone, kept)
        if not kept:
            refuse_nothing(path, part)
        seen = seen or seen_of(walk, kept, part.names, everyone)
        part = part.replaced(used=seen.n)
        if not seen.n:
            refuse_no_rows(path, part)
        if seen.n == 1:  # in which all columns are constant
            check_enough(path, 1, part)
        part, used, out = useful(part, seen, choices, asked)
        costly = {name for name, _ in part.gaps} & {owner for owner, _, _ in out}
        costly -= {column.name for column in part.columns}
        if not costly:
            break
        gone.update({owner: why for owner, _, why in out if owner in costly})
        seen = None
    if not used:
        refuse_nothing(path, part)
    if not choices.wide:
        check_enough(path, seen.n, part)
    return part, [kept[i] for i in used]


def without(plan, gone, kept):
    """Return a Plan without the columns gone, {name: why}; kept: its names left."""
    return plan.replaced(
        columns=tuple(c for c in plan.columns if c.name not in gone),
        names=tuple(plan.names[j] for j in kept),
        gaps=tuple((name, count) for name, count in plan.gaps if name not in gone),
        left_out=(*plan.left_out, *gone.items()),
        means=tuple(plan.means[j] for j in kept) if plan.means else (),
    )


def useful(plan, seen, choices, asked):
    """Return (Plan of what tells something, its positions, what was left out).

    That is of (the column of the file, the name that is said, why). The gaps are still
    those of all columns. Arguments as for judged.
    """
    names, counts = plan.names, dict(zip(plan.names, seen.total))
    columns = [column.seen(counts, seen.n) for column in plan.columns]
    alive = {name for column in columns for name in column.names}
    why = {} if choices.strict else worthless(names, seen, plan.rows, asked)
    used = [i for i, name in enumerate(names) if name in alive and i not in why]
    if seen.n > len(used) and not choices.strict:
        for i, others in seen.combinations(used).items():
            why[i] = "follows from " + ", ".join(names[k] for k in others)
    used = [i for i in used if i not in why]
    kept, said = {names[i] for i in used}, {names[i]: text for i, text in why.items()}
    out = []
    for column in columns:
        texts = [(column.name, n, said[n]) for n in column.names if n in said]
        out += texts if column.names else [(column.name, column.name, ALL_ALIKE)]
    columns = [c for c in columns if kept.intersection(c.names)]
    plan = plan.replaced(
        columns=tuple(columns),
        names=tuple(names[i] for i in used),
        left_out=(*plan.left_out, *((name, text) for _, name, text in out)),
        means=tuple(plan.means[i] for i in used) if plan.means else (),
    )
    return plan, used, out


def worthless(names, seen, rows, asked):
    """Return {position: why} of the columns that cannot help, each by itself."""
    ids = () if asked else seen.identifiers(names, rows)
    constants = dict.fromkeys(seen.constants(), "constant")
    return {**dict.fromkeys(ids, ROW_NAMES), **constants}
