"""Two workers behind a wire that delays: the seconds of an epoch against the delay."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from linreg_gluon import cli, parallel

from .showing import markdown, short

PEERS = Path(__file__).resolve().parents[1] / "peers"
DELAYS = [0.0, 0.0001, 0.001, 0.01]  # seconds, each way
SHAPE = 10**6, 10, 100  # n, d, batch size
FORMS = {"gram": (1, 5), "step": (100, 3)}  # what part of n stands for it; epochs
NEAR, FAR = ("lgnear", "10.213.78.1"), ("lgfar", "10.213.78.2")  # as in wire.py


@contextlib.contextmanager
def wire(seconds):
    """Let a wire stand meanwhile; yield the seconds of its round trip."""
    if os.geteuid() or not shutil.which("ip"):
        raise cli.UsageError("--part delays needs root and iproute2")
    command = [sys.executable, str(PEERS / "wire.py"), str(seconds)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        line = process.stdout.readline()
        if not line:
            sys.exit("scaling: there is no wire; its error is above")
        yield float(line)
        process.stdin.close()


def job(form):
    """Return the seconds of an epoch by two workers at the far end of the wire."""
    n, d, batch_size = SHAPE
    share, epochs = FORMS[form]
    command = [sys.executable, str(PEERS / "scaling_worker.py"), form]
    command += map(str, [n // share, d, batch_size, epochs])
    plans = []
    for plan in parallel.plan(command, 2, 1, hosts=[NEAR[1]]):
        name, address = FAR if plan.name.startswith("worker") else NEAR
        env = {**plan.env, "DMLC_NODE_HOST": address, "OMP_NUM_THREADS": "1"}
        line = ["ip", "netns", "exec", name, *plan.command]
        plans.append(plan._replace(host=None, command=line, env=env))
    said = io.StringIO()
    with contextlib.redirect_stdout(said), parallel.Job(plans) as running:
        running.watch(120)
    found = said.getvalue()
    return share * json.loads(found[found.index("{") :])["seconds"]


def measure():
    """Return [{delay, round_trip, gram, step}], seconds."""
    rows = []
    for delay in DELAYS:
        with wire(delay) as round_trip:
            rows.append({"delay": delay, "round_trip": round_trip})
            rows[-1].update({form: job(form) for form in FORMS})
    return rows


def wires(result):
    """Return what measure returned as a Markdown table."""
    rows = [["delay each way, ms", "round trip, ms", "gram, s", "per step, s", "ratio"]]
    for row in result["delays"]:
        cells = [1e3 * row["delay"], 1e3 * row["round_trip"], row["gram"], row["step"]]
        rows.append([*map(short, cells), short(row["step"] / row["gram"])])
    return markdown(rows)
