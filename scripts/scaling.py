"""Measure what more workers bring, and at what exchange: each held to one core.

One machine's fused on one core, against workers that exchange each step and workers
that exchange once for a block of steps. What N hosts would take on a network follows
from what was measured here and from the bytes counted (``bench/hosts.py``).
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from _door import cli
from bench import delays, hosts, record
from bench.delays import wires  # noqa: F401  # for docs/refresh.py
from bench.hosts import details  # noqa: F401
from bench.showing import markdown, short

FOLDER = Path(__file__).resolve().parent
SHAPES = {  # n, d, batch size; what part of n stands for it per step
    "1e6 x 10, b 100": (10**6, 10, 100, 50),
    "1e6 x 10, b 1000": (10**6, 10, 1000, 5),
    "1e6 x 100, b 1000": (10**6, 100, 1000, 5),
    "1e7 x 10, b 1000": (10**7, 10, 1000, 50),
}
JOBS = [(form, count) for form in ("step", "gram", "share") for count in (1, 2)]
JOBS = [("fused", 1), *JOBS]
TOLD = {"share": "gram's share, alone"}
EPOCHS = 12
PARTS = [*SHAPES, "delays"]


def job(form, workers, shape, epochs=EPOCHS):
    """Return what scaling_worker.py says of an epoch, of a job of its own."""
    n, d, batch_size, share = shape
    share = share if form == "step" else 1
    command = [sys.executable, str(FOLDER / "peers" / "scaling_worker.py"), form]
    command += map(str, [n // share, d, batch_size, epochs, workers])
    if form in hosts.FORMS:
        launch = [sys.executable, str(FOLDER / "launch.py"), "-n", str(workers), "--"]
        command = [*launch, *command]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, universal_newlines=True
    )
    if done.returncode:
        sys.exit(1)  # launch.py has said why
    found = json.loads(done.stdout[done.stdout.index("{") :])
    for name in ("seconds", "exchange", "messages", "bytes"):
        found[name] *= share
    return {"form": form, "workers": workers, "share": share, **found}


def measure(shape, turns):
    """Return the minima of a shape's jobs, which take turns, ready for JSON."""
    n, d, batch_size, _ = shape
    found = [[job(*each, shape) for each in JOBS] for _ in range(turns)]
    rows = [min(each, key=lambda row: row["seconds"]) for each in zip(*found)]
    return {"n": n, "d": d, "batch_size": batch_size, "rows": rows}


def table(result):
    """Return what was measured as a Markdown table."""
    rows = [["", "form", "workers", "epoch, s", "of fused", "messages", "MB"]]
    for name, found in result["shapes"].items():
        fused = found["rows"][0]["seconds"]
        for i, each in enumerate(found["rows"]):
            share = " (1/%d of the rows, times %d)" % (2 * (each["share"],))
            form = TOLD.get(each["form"], each["form"]) + share * (each["share"] > 1)
            cells = [short(each["seconds"]), short(each["seconds"] / fused)]
            cells += ["%d" % each["messages"], short(each["bytes"] / 1e6)]
            rows.append(["" if i else name, form, "%d" % each["workers"], *cells])
    return markdown(rows)


def main():
    parser = cli.Parser(__doc__)
    add = parser.add_argument
    text = "measure only this; --json's FILE keeps its other parts"
    add("--part", choices=PARTS, action="append", help=text)
    add("--turns", type=cli.positive, default=3, help="minima of so many jobs each")
    text = "measure nothing: show what --json's FILE holds"
    add("--kept", action="store_true", help=text)
    add("--plot", metavar="FILE", help="draw hosts and delays into FILE")
    add("--json", metavar="FILE", help="also keep the JSON object in FILE")
    args = parser.parse_args()
    for path in filter(None, (args.json, args.plot)):
        cli.check_writable(path)
    if args.plot:
        cli.check_plot(args.plot)
    before = record.kept(args.json) if args.json and (args.part or args.kept) else {}
    result = {"shapes": {}, **before}
    for part in [] if args.kept else args.part or PARTS:
        if part == "delays":
            result["delays"] = delays.measure()
        else:
            found = {**result["shapes"], part: measure(SHAPES[part], args.turns)}
            result["shapes"] = {name: found[name] for name in SHAPES if name in found}
        result["machine"] = "%s, %d cores" % (platform.machine(), os.cpu_count())
        if args.json:
            record.keep(args.json, result)
    if args.plot:
        hosts.draw(result, args.plot)
    print(table(result))
    print(json.dumps(result))


if __name__ == "__main__":
    cli.run(main)
