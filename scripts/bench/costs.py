"""What whole processes take: seconds from start to end, and memory."""

import dataclasses
import json
import os
import subprocess
import sys
import time

from .entries import PEERS, PROBLEMS

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
    """Return the peak MB of processes that hold a problem's data and train by fused."""
    found = {}
    for name, problem in PROBLEMS.items():
        requests = [["problem", dataclasses.asdict(problem)], ["train", "our fused"]]
        command = [sys.executable, str(PEERS / "worker.py")]
        peak = process_cost(command, requests)[1]
        data = problem.n * (problem.d + 1) * 4 / 2**20  # float32
        found[name] = {"megabytes": peak, "data": data}
    return found
