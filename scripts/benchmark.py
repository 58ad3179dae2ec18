"""Time our paths against the lecture's loops, NumPy, PyTorch and scikit-learn.

All take turns in two processes (MXNet's environment and the peers'), after a warm-up;
each result is held against a float64 oracle before its time counts. The last line of
stdout is one JSON object. ``make bench`` sets up the peers' environment.
"""

import dataclasses
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from _door import cli

PEERS = Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(PEERS))
import numpy as np  # noqa: E402
import numpy_loop  # noqa: E402
from problem import Problem  # noqa: E402

FAST = ["our fused", "numpy_loop"]
SMALL = FAST + ["our scratch", "our gluon", "lecture_scratch", "lecture_gluon"]
FAST_THEIRS = ["torch_scratch", "torch_gather", "sklearn_sgd", "sklearn_partial"]
THEIRS = FAST_THEIRS + ["torch_concise"]
PROBLEMS = {
    "lecture": Problem(1000, 2, 10, 3, 0.03),
    "1e6x2 b 10": Problem(10**6, 2, 10, 1, 0.03),
    "1e6x10 b 100": Problem(10**6, 10, 100, 1, 0.03),
    "1e6x100 b 1000": Problem(10**6, 100, 1000, 1, 0.01),
}
IN_N = [Problem(10**k, 2, 10, 1, 0.03) for k in (3, 4, 5, 6)]
IN_D = [Problem(10**5, d, 100, 1, 0.01) for d in (1, 3, 10, 30, 100, 300)]
LONG = 5  # seconds: who has taken so long is not asked again
SLOW_TO = 10**4  # examples: the loops of one call per step would take minutes beyond
# Float32 steps against float64 ones: 1e-5 of the largest parameter, and for a step per
# example on a million of them as much again.
TOLERANCE = 2e-5


class Worker:
    """A process that trains on request with one environment's Python."""

    def __init__(self, python):
        command = [python, str(PEERS / "worker.py")]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, universal_newlines=True
        )

    def ask(self, verb, argument):
        """Return the answer to one request; SystemExit if the worker died of it."""
        self.process.stdin.write(json.dumps([verb, argument]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"benchmark: {argument} failed; its error is above")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def oracle(problem):
    """Return (w, b) of the same steps in float64, as one array."""
    features, labels = (array.astype(np.float64) for array in problem.data())
    return np.append(*numpy_loop.train(features, labels, problem))


def oracles(problem, names):
    """Return {name: (w, b) of its steps}: scikit-learn takes one for each example."""
    singly = dataclasses.replace(problem, batch_size=1)
    special = {
        "sklearn_sgd": dataclasses.replace(singly, shuffle="sklearn"),
        "sklearn_partial": singly,
    }
    found = dict.fromkeys(names, oracle(problem))
    found.update({name: oracle(p) for name, p in special.items() if name in names})
    return found


def measure(problem, names, turns):
    """Return {name: {min, median}} in seconds. names: {Worker: [name, ...]}."""
    expected = oracles(problem, {name for each in names.values() for name in each})
    for worker in names:
        worker.ask("problem", dataclasses.asdict(problem))
    seconds = {name: [] for each in names.values() for name in each}
    for turn in range(turns + 1):
        for worker, each in names.items():
            for name in each:
                if sum(seconds[name]) > LONG:
                    continue
                answer = worker.ask("train", name)
                check(name, answer, expected[name])
                if turn:  # the first is the warm-up
                    seconds[name].append(answer["seconds"])
    return {
        name: {"min": min(times), "median": statistics.median(times)}
        for name, times in seconds.items()
    }


def check(name, answer, expected):
    """Exit unless a result is the oracle's: a wrong answer's time does not count."""
    off = np.abs(np.append(answer["w"], answer["b"]) - expected).max()
    if not off <= TOLERANCE * np.abs(expected).max():
        sys.exit(f"benchmark: {name} is {off:.2g} away from the oracle")


def process_cost(command, requests=()):
    """Return (seconds, peak memory in MB) of a command's whole process.

    requests: what a worker is asked on its standard input.
    """
    start = time.perf_counter()
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, stdin=pipe, stdout=subprocess.DEVNULL)
    child.stdin.write("".join(json.dumps(r) + "\n" for r in requests).encode())
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = status
    if status:
        sys.exit("benchmark: failed: " + " ".join(command))
    return seconds, usage.ru_maxrss / (1024 if sys.platform == "linux" else 2**20)


def processes(peers, turns):
    """Return {what: {seconds, megabytes}}, minima, of the scripts and bare imports."""
    folder = PEERS.parent
    commands = {
        "import mxnet": [sys.executable, "-c", "from linreg_gluon.compat import mx"],
        **{
            name: [sys.executable, str(folder / (name + ".py"))]
            for name in ("train_scratch", "train_gluon", "train_fused")
        },
    }
    if peers:
        commands["import torch"] = [peers, "-c", "import torch"]
        commands["torch_scratch"] = [peers, str(PEERS / "worker.py")]
    costs = {name: [] for name in commands}
    asked = [["problem", dataclasses.asdict(PROBLEMS["lecture"])]]
    for _ in range(turns):
        for name, command in commands.items():
            requests = [*asked, ["train", name]] if name == "torch_scratch" else []
            costs[name].append(process_cost(command, requests))
    return {
        name: dict(zip(("seconds", "megabytes"), map(min, zip(*each))))
        for name, each in costs.items()
    }


def memory():
    """Return the peak MB of processes that hold a problem's data and train by fused."""
    found = {}
    for name, problem in PROBLEMS.items():
        requests = [["problem", dataclasses.asdict(problem)], ["train", "our fused"]]
        command = [sys.executable, str(PEERS / "worker.py")]
        peak = process_cost(command, requests)[1]
        data = problem.n * (problem.d + 1) * 4 / 2**20  # float32
        found[name] = {"megabytes": peak, "data": data}
    return found


def growth(problems, along, names, turns):
    """Return each entry's seconds for each of the problems and fused's exponent.

    along: the field of Problem that grows. names: {Worker: [name, ...]}; all but
    numpy_loop and fused end at SLOW_TO examples.
    """
    sizes, seconds = [getattr(p, along) for p in problems], {}
    for problem in problems:
        fast = {
            worker: [n for n in each if n in FAST or problem.n <= SLOW_TO]
            for worker, each in names.items()
        }
        for name, found in measure(problem, fast, turns).items():
            seconds.setdefault(name, []).append(found["min"])
    # The smallest sizes are not fitted: there a call costs more than its steps.
    tail = np.log(sizes[1:]), np.log(seconds["our fused"][1:])
    return {along: sizes, "seconds": seconds, "exponent": np.polyfit(*tail, 1)[0]}


def table(result):
    """Return a benchmark's JSON as a Markdown table: minima in ms (per fused's)."""
    names = list(result["problems"]["lecture"])
    rows = [["ms (times fused)", *(name.replace("_", " ") for name in names)]]
    rows.append(["---"] * len(rows[0]))
    for problem, found in result["problems"].items():
        cells = [cell(found.get(name), found["our fused"]) for name in names]
        rows.append([problem, *cells])
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def cell(found, fused):
    """Return how an entry's time is shown: whole numbers from 100 on."""
    if not found:
        return "-"
    milliseconds, ratio = 1e3 * found["min"], found["min"] / fused["min"]
    shown = ("%.0f" % x if x >= 100 else "%.2g" % x for x in (milliseconds, ratio))
    return "%s (%s)" % tuple(shown)


def runs(python):
    """Return whether a name starts a Python."""
    try:
        return subprocess.call([python, "-c", ""]) == 0
    except OSError:
        return False


def main():
    parser = cli.Parser(__doc__)
    add = parser.add_argument
    add("--peers", metavar="PYTHON", help="the peers' Python; without it ours alone")
    add("--quick", action="store_true", help="less than a minute: no large problems")
    add("--plot", metavar="FILE", help="draw everyone's time against n into FILE")
    add("--json", metavar="FILE", help="also keep the JSON object in FILE")
    args = parser.parse_args()
    if args.peers and not runs(args.peers):
        raise cli.UsageError(f"--peers {args.peers}: no Python runs under that name")
    if args.json:
        cli.check_writable(args.json)
    if args.plot:
        cli.check_writable(args.plot)
        cli.check_plot(args.plot)
    result = run(args.peers, args.quick)
    if args.plot:
        draw(result["growth in n"], args.plot)
    print(table(result))
    if args.json:
        with cli.replacing(args.json) as part:
            Path(part).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))


def run(peers, quick):
    """Return the whole result, ready for JSON. quick: fewer problems and repeats."""
    # First: on Linux a child's peak memory starts from its parent's.
    result = {"processes": processes(peers, 2 if quick else 7)}
    if not quick:
        result["memory"] = memory()
    workers = [Worker(python) for python in (sys.executable, peers) if python]
    small, large = (
        dict(zip(workers, each)) for each in ((SMALL, THEIRS), (FAST, FAST_THEIRS))
    )
    lecture = measure(PROBLEMS["lecture"], small, 3 if quick else 20)
    result["problems"] = {"lecture": lecture}
    if not quick:
        for name in list(PROBLEMS)[1:]:
            result["problems"][name] = measure(PROBLEMS[name], large, 20)
    turns = 1 if quick else 3
    result["growth in n"] = growth(IN_N[: 3 if quick else 4], "n", small, turns)
    few = IN_D[:4] if quick else IN_D
    result["growth in d"] = growth(few, "d", {workers[0]: ["our fused"]}, turns)
    for worker in workers:
        worker.close()
    result["python"] = platform.python_version()
    result["machine"] = "%s, %d cores" % (platform.machine(), os.cpu_count())
    return result


def draw(found, path):
    """Draw everyone's time against n on log axes."""
    from matplotlib.figure import Figure

    axes = Figure(figsize=(7, 4)).subplots()
    for name, seconds in found["seconds"].items():
        # Eleven entries, and matplotlib has ten colours.
        style = "o-" if name.startswith("our ") else "s--"
        sizes, label = found["n"][: len(seconds)], name.replace("_", " ")
        axes.loglog(sizes, seconds, style, label=label)
    axes.set(xlabel="examples n (d = 2, batches of 10)", ylabel="seconds per epoch")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    with cli.replacing(path) as part:
        axes.figure.savefig(part, dpi=150, bbox_inches="tight")


if __name__ == "__main__":
    cli.run(main)
