"""All take turns in two processes, and each result is held against a float64 oracle."""

import contextlib
import dataclasses
import json
import os
import statistics
import subprocess
import sys

import numpy as np

from .entries import COMPILED, FAST, PEERS, SLOW_TO

import numpy_loop  # one of the peers  # isort: skip

LONG = 5  # seconds: who has taken so long is not asked again
# Float32 steps against float64 ones: 1e-5 of the largest parameter, and for a step per
# example on a million of them as much again.
TOLERANCE = 2e-5
CAN_HOLD = hasattr(os, "sched_setaffinity")  # to cores; not on macOS


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


@contextlib.contextmanager
def workers(pythons, names, one_core=False):
    """Give {Worker: its names}, one for each Python; they end afterwards.

    one_core: they share a single one, which they inherit from here.
    """
    before = os.sched_getaffinity(0) if one_core else None
    try:
        if before:
            os.sched_setaffinity(0, {min(before)})
        found = dict(zip(map(Worker, pythons), names))
    finally:
        if before:
            os.sched_setaffinity(0, before)
    yield found
    for worker in found:
        worker.close()


def oracle(problem):
    """Return (w, b) of the same steps in float64, as one array."""
    features, labels = (array.astype(np.float64) for array in problem.data())
    return np.append(*numpy_loop.train(features, labels, problem))


def oracles(problem, names):
    """Return {name: (w, b) of its steps}, as one array each.

    scikit-learn takes a step for each example; the bare gather none, and gives back the
    last example that it copied.
    """
    singly = dataclasses.replace(problem, batch_size=1)
    special = {
        "sklearn_sgd": dataclasses.replace(singly, shuffle="sklearn"),
        "sklearn_partial": singly,
    }
    found = dict.fromkeys(names, oracle(problem))
    found.update({name: oracle(p) for name, p in special.items() if name in names})
    if "bare_gather" in found:
        row, (X, y) = problem.order(problem.epochs - 1)[-1], problem.data()
        found["bare_gather"] = np.append(X[row], y[row])
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


def growth(problems, along, names, turns):
    """Return each entry's seconds for each of the problems and fused's exponent.

    along: the field of Problem that grows. names: {Worker: [name, ...]}; those that
    are not compiled end at SLOW_TO examples.
    """
    sizes, seconds = [getattr(p, along) for p in problems], {}
    for problem in problems:
        fast = {
            worker: [n for n in each if n in FAST + COMPILED or problem.n <= SLOW_TO]
            for worker, each in names.items()
        }
        for name, found in measure(problem, fast, turns).items():
            seconds.setdefault(name, []).append(found["min"])
    # The smallest sizes are not fitted: there a call costs more than its steps.
    tail = np.log(sizes[1:]), np.log(seconds["our fused"][1:])
    return {along: sizes, "seconds": seconds, "exponent": np.polyfit(*tail, 1)[0]}
