"""What whole processes take, in seconds and memory, and many fits in one process."""

import dataclasses
import json
import os
import subprocess
import sys
import time

from .entries import PEERS, PROBLEMS

LARGEST = "1e6x100 b 1000"
UNKEPT = "train_scratch, operators made anew"


def process_cost(command, requests=(), **env):
    """Return (seconds, peak memory in MB) of a command's whole process.

    requests: what a worker is asked on its standard input. env: more environment.
    """
    start = time.perf_counter()
    pipe, env = subprocess.PIPE, {**os.environ, **env}
    child = subprocess.Popen(command, stdin=pipe, stdout=subprocess.DEVNULL, env=env)
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
    commands[UNKEPT] = commands["train_scratch"]
    if peers:
        commands["import torch"] = [peers, "-c", "import torch"]
        commands["torch_scratch"] = [peers, str(PEERS / "worker.py")]
    costs = {name: [] for name in commands}
    asked = [["problem", dataclasses.asdict(PROBLEMS["lecture"])]]
    for _ in range(turns):
        for name, command in commands.items():
            requests = [*asked, ["train", name]] if name == "torch_scratch" else []
            env = {"LINREG_GLUON_CACHE": "0"} if name == UNKEPT else {}
            costs[name].append(process_cost(command, requests, **env))
    return {
        name: dict(zip(("seconds", "megabytes"), map(min, zip(*each))))
        for name, each in costs.items()
    }


def memory():
    """Return the peak MB of processes that hold a problem's data and train by fused.

    Of the largest also by the estimator, which has scikit-learn beside MXNet.
    """
    found, asked = {}, [(name, "our fused", name) for name in PROBLEMS]
    asked.append((LARGEST + ", estimator", "our estimator", LARGEST))
    for name, path, problem in asked:
        problem = PROBLEMS[problem]
        requests = [["problem", dataclasses.asdict(problem)], ["train", path]]
        command = [sys.executable, str(PEERS / "worker.py")]
        peak = process_cost(command, requests)[1]
        data = problem.n * (problem.d + 1) * 4 / 2**20  # float32
        found[name] = {"megabytes": peak, "data": data}
    return found


def many_fits(count=200):
    """Return {what: {same, varied}}: seconds a fit, of 800 rows and of 799 to 801.

    Those of one number of rows are beyond the first, which may compile what it runs.
    """
    import numpy as np

    from linreg_gluon import Config, concise, fused, synthetic_data

    kinds = {
        "fused, d 2": (fused.train, 2),
        "fused, d 40": (fused.train, 40),
        "Gluon, d 2": (concise.train, 2),
    }
    found = {}
    for name, (train, d) in kinds.items():
        X, y = synthetic_data(np.linspace(-1, 1, d), 4.2, 801, 0.01, 0)

        def seconds(sizes):
            start = time.perf_counter()
            for n in sizes:
                train(X[:n], y[:n], Config(num_epochs=1))
            return (time.perf_counter() - start) / len(sizes)

        same, varied = [800] * count, [799, 800, 801] * (count // 3)
        seconds(same[:1])
        found[name] = {"same": seconds(same), "varied": seconds(varied)}
    return found
