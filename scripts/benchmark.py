"""Time our paths against the lecture's loops, and against what others would take.

That is NumPy, a loop compiled by Numba, JAX, PyTorch and scikit-learn; the bare copying
of the rows is the limit. All take turns in two processes (MXNet's environment and the
peers'), after a warm-up; each result is held against a float64 oracle before its time
counts. The last line of stdout is one JSON object. ``make bench`` sets up the peers'
environment.
"""

import json
import os
import platform
import subprocess
import sys

from _door import cli
from bench import costs, entries, record, showing, turns
from bench.showing import details, fits, startup, table  # noqa: F401  # for refresh.py

PARTS = ["processes", "memory", *entries.PROBLEMS, "one core", "growth", "fits"]
QUICK = ["processes", "lecture", "growth"]


def main():
    parser = cli.Parser(__doc__)
    add = parser.add_argument
    add("--peers", metavar="PYTHON", help="the peers' Python; without it ours alone")
    add("--quick", action="store_true", help="less than a minute: no large problems")
    add("--part", choices=PARTS, help="only this; --json's FILE keeps its other parts")
    add("--plot", metavar="FILE", help="draw everyone's time against n into FILE")
    add("--json", metavar="FILE", help="also keep the JSON object in FILE")
    args = parser.parse_args()
    if args.peers and not runs(args.peers):
        raise cli.UsageError(f"--peers {args.peers}: no Python runs under that name")
    if args.plot and args.part not in (None, "growth"):
        raise cli.UsageError(f"--plot draws the part growth, not --part {args.part}")
    if args.json:
        cli.check_writable(args.json)
    if args.plot:
        cli.check_writable(args.plot)
        cli.check_plot(args.plot)
    parts = [args.part] if args.part else QUICK if args.quick else PARTS
    before = record.kept(args.json) if args.part and args.json else {}
    result = run(args.peers, args.quick, parts, before)
    if args.plot:
        showing.draw(result["growth in n"], args.plot)
    print(table(result))
    if args.json:
        record.keep(args.json, result)
    print(json.dumps(result))


def runs(python):
    """Return whether a name starts a Python."""
    try:
        return subprocess.call([python, "-c", ""]) == 0
    except OSError:
        return False


def run(peers, quick, parts, before):
    """Return the result before with some parts measured anew, ready for JSON."""
    result = {"problems": {}, "one core": {}, **before}
    # First: on Linux a child's peak memory starts from its parent's.
    if "processes" in parts:
        result["processes"] = costs.processes(peers, 2 if quick else 7)
    if "memory" in parts:
        result["memory"] = costs.memory()
    pythons = [python for python in (sys.executable, peers) if python]
    for name, problem in entries.PROBLEMS.items():
        if name in parts:
            small = name == "lecture"
            whose = [entries.SMALL, entries.THEIRS] if small else entries.LARGE
            with turns.workers(pythons, whose) as names:
                found = turns.measure(problem, names, 3 if quick else 20)
            result["problems"][name] = found
    if "one core" in parts and turns.CAN_HOLD:
        with turns.workers(pythons, entries.ONE_CORE, one_core=True) as names:
            for name, problem in entries.PROBLEMS.items():
                result["one core"][name] = turns.measure(problem, names, 20)
    if "growth" in parts:
        result.update(growth(pythons, quick))
    if "fits" in parts:
        result["fits"] = costs.many_fits()
    result["python"] = platform.python_version()
    result["machine"] = "%s, %d cores" % (platform.machine(), os.cpu_count())
    return result


def growth(pythons, quick):
    """Return how the entries grow with n, and fused with d."""
    count = 1 if quick else 3
    in_n, in_d = entries.IN_N[: 3 if quick else 4], entries.IN_D[: 4 if quick else 6]
    with turns.workers(pythons, [entries.SMALL, entries.THEIRS]) as names:
        found = {"growth in n": turns.growth(in_n, "n", names, count)}
    with turns.workers(pythons[:1], [["our fused"]]) as names:
        found["growth in d"] = turns.growth(in_d, "d", names, count)
    return found


if __name__ == "__main__":
    cli.run(main)
