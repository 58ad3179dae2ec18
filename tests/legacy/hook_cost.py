"""Measure what the open door costs every Python that does not import MXNet.

    python tests/legacy/hook_cost.py [--json docs/hook_cost.json]

``python -c pass`` in a new virtual environment, 30 times with and without the hook, in
turn; the least time of each, as what else a machine does can only add to it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 30
SWITCH = ["-m", "linreg_gluon.legacy", "on"]
WHERE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def start(python):
    """Return the seconds that python -c pass takes."""
    began = time.perf_counter()
    subprocess.run([python, "-c", "pass"], check=True)
    return time.perf_counter() - began


def measure(folder):
    """Return (seconds without, seconds with the hook) in an environment made there."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = os.path.join(folder, "bin", "python")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([python, *SWITCH], env=env, check=True, stdout=subprocess.DEVNULL)
    found = subprocess.check_output([python, "-c", WHERE], universal_newlines=True)
    (hook,) = Path(found.strip()).glob("linreg_gluon*.pth")
    away = hook.with_suffix(".away")
    without, hooked = [], []
    for _ in range(ROUNDS):
        hook.rename(away)
        without.append(start(python))
        away.rename(hook)
        hooked.append(start(python))
    return min(without), min(hooked)


def table(told):
    """Return what docs/legacy.md says of it."""
    return (
        "Python {python} on {machine}: `python -c pass` takes {without:.1f} ms without "
        "the hook\nand {hooked:.1f} ms with it ({more:.2f} ms more; the least of "
        "{rounds} starts each, in turn).\n"
    ).format(more=told["hooked"] - told["without"], **told)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", type=Path, metavar="OUT", help="keep the result")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        without, hooked = measure(folder)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    told = {"python": platform.python_version(), "machine": machine, "rounds": ROUNDS}
    told.update({"without": 1000 * without, "hooked": 1000 * hooked})
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n")
    print(table(told), end="")


if __name__ == "__main__":
    main()
