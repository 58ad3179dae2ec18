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

SMALL = ["our scratch", "our gluon", "our fused", "lecture_scratch", "lecture_gluon",
         "numpy_loop"]  # fmt: skip
LARGE = ["our fused", "numpy_loop"]
THEIRS = ["torch_scratch", "torch_concise", "sklearn_sgd"]
LARGE_THEIRS = ["torch_scratch", "sklearn_sgd"]
PROBLEMS = {
    "lecture": Problem(1000, 2, 10, 3, 0.03),
    "1e6x2 b 10": Problem(10**6, 2, 10, 1, 0.03),
    "1e6x10 b 100": Problem(10**6, 10, 100, 1, 0.03),
    "1e6x100 b 1000": Problem(10**6, 100, 1000, 1, 0.01),
}
GROWTH = [10**4, 10**5, 10**6]
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


def measure(problem, names, turns):
    """Return {name: {min, median}} in seconds. names: {Worker: [name, ...]}."""
    per_example = dataclasses.replace(problem, batch_size=1, shuffled=False)
    expected = {False: oracle(problem)}
    if any("sklearn_sgd" in each for each in names.values()):
        expected[True] = oracle(per_example)
    for worker in names:
        worker.ask("problem", dataclasses.asdict(problem))
    seconds = {name: [] for each in names.values() for name in each}
    for turn in range(turns + 1):
        for worker, each in names.items():
            for name in each:
                answer = worker.ask("train", name)
                check(name, answer, expected[name == "sklearn_sgd"])
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


def process_cost(command):
    """Return (seconds, peak memory in MB) of a command's whole process."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit("benchmark: failed: " + " ".join(command))
    child.returncode = status
    return seconds, usage.ru_maxrss / (1024 if sys.platform == "linux" else 2**20)


def processes(peers, turns):
    """Return {what: {seconds, megabytes}}, minima, of the scripts and bare imports."""
    scripts = ("train_scratch", "train_gluon", "train_fused")
    folder = PEERS.parent
    commands = {
        "import mxnet": [sys.executable, "-c", "from linreg_gluon.compat import mx"],
        **{n: [sys.executable, str(folder / f"{n}.py")] for n in scripts},
    }
    if peers:
        commands["import torch"] = [peers, "-c", "import torch"]
    costs = {name: [] for name in commands}
    for _ in range(turns):
        for name, command in commands.items():
            costs[name].append(process_cost(command))
    return {
        name: dict(zip(("seconds", "megabytes"), map(min, zip(*each))))
        for name, each in costs.items()
    }


def growth(worker, turns):
    """Return fused's seconds an epoch for each n (d 2, batches of 10), the exponent."""
    seconds = []
    for n in GROWTH:
        found = measure(Problem(n, 2, 10, 1, 0.03), {worker: ["our fused"]}, turns)
        seconds.append(found["our fused"]["min"])
    exponent = np.polyfit(np.log(GROWTH), np.log(seconds), 1)[0]
    return {"n": GROWTH, "seconds": seconds, "exponent": float(exponent)}


def table(result):
    """Return the Markdown table of a benchmark's JSON: times in ms, minima."""
    names = list(result["problems"])
    lines = [
        "| minimum, ms | " + " | ".join(names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for row in result["problems"]["lecture"]:
        cells = [result["problems"][name].get(row) for name in names]
        shown = ["%.3g" % (1e3 * c["min"]) if c else "" for c in cells]
        lines.append("| %s | %s |" % (row.replace("_", " "), " | ".join(shown)))
    return "\n".join(lines) + "\n"


def main():
    parser = cli.Parser(__doc__)
    add = parser.add_argument
    add("--peers", metavar="PYTHON", help="the peers' Python; without it ours alone")
    add(
        "--quick", action="store_true", help="the lecture's problem and 1e4 to 1e6 only"
    )
    add("--plot", metavar="FILE", help="draw fused's time against n into FILE")
    args = parser.parse_args()
    if args.plot:
        cli.check_writable(args.plot)
        cli.check_plot(args.plot)
    # First: on Linux a child's peak memory starts from its parent's.
    costs = processes(args.peers, 3 if args.quick else 5)
    ours, theirs = Worker(sys.executable), args.peers and Worker(args.peers)
    problems = {}
    for name, problem in PROBLEMS.items():
        if args.quick and name != "lecture":
            continue
        small = name == "lecture"
        names = {ours: SMALL if small else LARGE}
        if theirs:
            names[theirs] = THEIRS if small else LARGE_THEIRS
        problems[name] = measure(problem, names, 20 if small else 3)
    result = {
        "problems": problems,
        "growth": growth(ours, 3),
        "processes": costs,
        "python": platform.python_version(),
        "machine": "%s, %d cores" % (platform.machine(), os.cpu_count()),
    }
    for worker in filter(None, (ours, theirs)):
        worker.close()
    if args.plot:
        draw(result["growth"], args.plot)
    print(table(result))
    print(json.dumps(result))


def draw(found, path):
    """Draw time against n on log axes."""
    from matplotlib.figure import Figure

    axes = Figure(figsize=(5, 3.5)).subplots()
    axes.loglog(found["n"], found["seconds"], "o-", label="fused")
    axes.set(xlabel="examples n (d = 2, batches of 10)", ylabel="seconds per epoch")
    axes.legend()
    with cli.replacing(path) as part:
        axes.figure.savefig(part, dpi=150, bbox_inches="tight")


if __name__ == "__main__":
    cli.run(main)
