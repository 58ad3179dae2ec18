"""Measure what training with no flag but --csv and --target ends with, on many sets.

FOLDER holds NAME.csv files of numbers, and targets.json: {NAME: {"target": COLUMN}}.
Each is trained on by train_fused.py, a process of its own, and held against least
squares, which is solved; so are the other two paths and scikit-learn's SGDRegressor.
"""

import json
import os
import platform
import statistics
import sys
from pathlib import Path

from _door import cli
from bench import record

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
import sets as own  # noqa: E402

MOST_STEPS = 10**6  # of a path of one call per step: up to half an hour each
PARTS = ["runs", "scikit-learn", "advice", "verdicts", "averages"]


def run(folder, parts=PARTS, before=None):
    """Return the result before with some parts measured anew, ready for JSON."""
    targets = json.loads((folder / "targets.json").read_text(encoding="utf-8"))
    result = before or {"sets": {}}
    for name, told in targets.items():
        path = folder / (name + ".csv")
        case = own.Case(path, told["target"])
        n, d = case.features.shape
        row = result["sets"].setdefault(name, {})
        row.update(rows=n, columns=d)
        if "runs" in parts:
            row["ours"] = own.ours(case, own.by_script(path, told["target"]))
        if "scikit-learn" in parts:
            row["sgd"] = own.scikit_learns(case)
            row["sgd averaged"] = own.scikit_learns(case, average=True)
            as_long = {"max_iter": row["ours"]["epochs"], "tol": None}
            row["sgd as long"] = own.scikit_learns(case, average=True, **as_long)
            row["sgd until"] = own.scikit_learns_until(case, 0.1)
        if "advice" in parts:
            row["advice"] = own.advised(case)
        if "verdicts" in parts:
            few = row["ours"]["epochs"] * -(-n // 10) <= MOST_STEPS
            row["verdicts"] = own.verdicts(case) if few else None
        print(name, json.dumps(row), flush=True)
    if "averages" in parts:
        result["averages"] = own.averaging()
    result["machine"] = "%s, %d cores" % (platform.machine(), os.cpu_count())
    return result


def table(result):
    """Return a result as Markdown tables."""
    sets = result["sets"].values()
    parts = summary(sets), each(result["sets"]), costs(result["averages"])
    lines = ("".join("| %s |\n" % " | ".join(row) for row in part) for part in parts)
    return "\n".join(lines)


def summary(sets):
    """Return the rows that compare with scikit-learn."""
    head = "of %d sets" % len(sets), "within 2", "within 0.1", "epochs", "seconds"
    rows, names = [head, ["---"] * len(head)], {
        "ours": "no flag", "sgd": "`SGDRegressor()`",
        "sgd averaged": "`SGDRegressor(average=True)`",
        "sgd as long": "the same, as many epochs as ours",
        "sgd until": "the same, doubled until within 0.1",
    }  # fmt: skip
    for key, name in names.items():
        found = [row[key] for row in sets]
        within = [
            sum(one["off_by"] is not None and one["off_by"] < limit for one in found)
            for limit in (2, 0.1)
        ]
        middle = [statistics.median(one[what] for one in found)
                  for what in ("epochs", "seconds")]  # fmt: skip
        rows.append((name, *map(str, within), "%d" % middle[0], "%.2g" % middle[1]))
    return rows


def each(sets):
    """Return a row for each set."""
    head = "set", "rows", "columns", "off by", "F", "epochs", "process, s", "verdict"
    head += "scratch, Gluon", "epochs advised", "took"
    rows = [head, ["---"] * len(head)]
    for name, row in sets.items():
        ours, advice, others = row["ours"], row["advice"] or {}, row["verdicts"]
        verdict = "converged" if ours["converged"] else ours["reason"]
        if ours["converged"] and ours["exact"] and not (ours["off_by"] or 0) < 0.1:
            verdict = "exact"
        alike = others and all(v == ours["converged"] for v in others.values())
        off_by = "-" if ours["off_by"] is None else "%.2g" % ours["off_by"]
        rows.append((name, str(row["rows"]), str(row["columns"]), off_by,
                     "%.1g" % ours["joint"], str(ours["epochs"]),
                     "%.1f" % ours["whole"], verdict,
                     "-" if others is None else "same" if alike else "other",
                     *(str(advice.get(key) or "-") for key in ("advised", "took")),
                     ))  # fmt: skip
    return rows


def costs(averages):
    """Return the rows on what averages cost fused."""
    rows = [("fused", "plain, ms", "averaged, ms", "times"), ["---"] * 4]
    for name, found in averages.items():
        plain, averaged = found["plain"], found["averaged"]
        shown = 1e3 * plain, 1e3 * averaged, averaged / plain
        rows.append((name, *("%.2f" % number for number in shown)))
    return rows


def main():
    parser = cli.Parser(__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="of the sets")
    text = "also keep the JSON object in FILE"
    parser.add_argument("--json", metavar="FILE", help=text)
    text = "only this; --json's FILE keeps its other parts"
    parser.add_argument("--part", choices=PARTS, help=text)
    args = parser.parse_args()
    if not (args.folder / "targets.json").is_file():
        raise cli.UsageError(f"{args.folder} has no targets.json: name another FOLDER")
    if args.json:
        cli.check_writable(args.json)
    parts = [args.part] if args.part else PARTS
    before = record.kept(args.json) if args.part and args.json else None
    result = run(args.folder, parts, before)
    if args.json:
        record.keep(args.json, result)
    print(table(result))
    print(json.dumps(result))


if __name__ == "__main__":
    cli.run(main)
