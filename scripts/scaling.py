"""Measure what a second worker brings: each worker held to one core of this machine."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from _door import cli

FOLDER = Path(__file__).resolve().parent
SHAPE = 10**6, 100  # n, d
BATCHES, WORKERS, HOSTS = [1000, 10000], [1, 2], [1, 2, 4, 8, 16]
BITS = 10**10  # a second, of the network in the model
ROUND_TRIP = 50e-6  # seconds: an assumption for a switched 10 Gbit/s network
ROUND_TRIPS = 2  # of an exchange: push, pull


def measure(num_examples, batch_size, workers):
    """Return {total, exchange} in seconds an epoch, of a job of its own."""
    command = [sys.executable, str(FOLDER / "launch.py"), "-n", str(workers), "--"]
    command += [sys.executable, str(FOLDER / "peers" / "scaling_worker.py")]
    command += map(str, [num_examples, SHAPE[1], batch_size])
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, universal_newlines=True
    )
    if done.returncode:
        sys.exit(1)  # launch.py has said why
    return json.loads(done.stdout.split("] ", 1)[1])


def run(num_examples, turns):
    """Return the minima of several turns, interleaved, ready for JSON."""
    jobs = [(b, w) for b in BATCHES for w in WORKERS]
    found = {job: [] for job in jobs}
    for _ in range(turns):
        for job in jobs:
            found[job].append(measure(num_examples, *job))
    rows = []
    for (batch_size, workers), each in found.items():
        best = min(each, key=lambda times: times["total"])
        rows.append({"batch_size": batch_size, "workers": workers, **best})
    machine = "%s, %d cores" % (platform.machine(), os.cpu_count())
    return {"n": num_examples, "d": SHAPE[1], "rows": rows, "machine": machine}


def predicted(result, batch_size, hosts):
    """Return the model's seconds of an epoch on so many hosts of one core each.

        steps (c B / N + a + trips latency + 2 N 32 (d + 1) / bits)

    c: seconds of computing per example, of one worker; a: of an exchange here, of two.
    """
    one, two = (
        next(r for r in result["rows"]
             if (r["batch_size"], r["workers"]) == (batch_size, workers))
        for workers in WORKERS
    )  # fmt: skip
    steps = result["n"] / batch_size
    compute = (one["total"] - one["exchange"]) / hosts
    if hosts == 1:
        return compute
    wire = ROUND_TRIPS * ROUND_TRIP + 2 * hosts * 32 * (result["d"] + 1) / BITS
    return compute + two["exchange"] + steps * wire


def table(result):
    """Return a result as Markdown tables: what was measured, what the model says."""
    lines = [
        "| batch | workers | epoch, s | computing, s | exchange, s | speed-up |",
        "|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        one = next(r for r in result["rows"] if r["batch_size"] == row["batch_size"])
        compute = row["total"] - row["exchange"]
        lines.append(
            "| {batch_size} | {workers} | {total:.2f} | ".format(**row)
            + "%.2f | %.2f | %.2f |"
            % (compute, row["exchange"], one["total"] / row["total"])
        )
    head = ["batch, predicted speed-up on", *("%d hosts" % n for n in HOSTS[1:])]
    lines += ["", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for batch_size in BATCHES:
        times = [predicted(result, batch_size, hosts) for hosts in HOSTS]
        cells = ["%.1f" % (times[0] / each) for each in times[1:]]
        lines.append("| " + " | ".join([str(batch_size), *cells]) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = cli.Parser(__doc__)
    add, positive = parser.add_argument, cli.positive
    add("--turns", type=positive, default=3, help="minima of so many runs")
    add("--num-examples", type=positive, default=SHAPE[0], help="n")
    add("--json", metavar="FILE", help="also keep the JSON object in FILE")
    args = parser.parse_args()
    if args.json:
        cli.check_writable(args.json)
    result = run(args.num_examples, args.turns)
    if args.json:
        with cli.replacing(args.json) as part:
            Path(part).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table(result))
    print(json.dumps(result))


if __name__ == "__main__":
    cli.run(main)
