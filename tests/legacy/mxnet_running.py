"""Runs one file of MXNet's own tests, in processes of their own; see mxnet_tests.py."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# seconds without the end of a test, after which it counts as hanging: the longest one
# takes four minutes on an idle machine. Seconds of this process, which a machine that is
# stopped for a while does not count.
PATIENCE, LOOK = 1800, 2
PYTEST = ["-m", "pytest", "-q", "-p", "mxnet_plugin", "-p", "no:cacheprovider"]
# nothing of the checkout's or of this project's own settings
PYTEST += ["-c", os.devnull, "--continue-on-collection-errors"]


def environment(log):
    """Return the environment of the tests: fixed seeds, one thread, no network."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MXNET_")}
    path = os.pathsep.join(filter(None, [str(HERE), env.get("PYTHONPATH")]))
    seeds = {"MXNET_TEST_SEED": "1", "MXNET_MODULE_SEED": "1", "OMP_NUM_THREADS": "1"}
    return {**env, **seeds, "PYTHONPATH": path, "MXNET_TESTS_LOG": str(log)}


def run_once(command, log, folder):
    """Run the tests of a file that have no line in the log; return the exit status.

    None if it had to be stopped, because no test ended for PATIENCE seconds.
    """
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        env=environment(log),
        cwd=folder,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
    )
    waited, before = 0, None
    while waited <= PATIENCE:
        try:
            return process.wait(timeout=LOOK)
        except subprocess.TimeoutExpired:
            size = log.stat().st_size
            waited, before = waited + LOOK if size == before else 0, size
    process.kill()
    process.wait()
    return None


def run_file(door, folder, name):
    """Return {test: [outcome, why]} of FILE or FILE::TEST; a crash costs one test."""
    with tempfile.TemporaryDirectory() as place:
        log = Path(place, "log")
        log.touch()
        command = [sys.executable, *door, *PYTEST, "--rootdir", str(folder)]
        results, size = {}, -1
        while log.stat().st_size > size:  # else not even a test began
            size = log.stat().st_size
            status = run_once([*command, str(folder / name)], log, place)
            ended = "hangs" if status is None else "ends the process (%s)" % status
            for line in log.read_text().splitlines():
                entry = json.loads(line)
                if entry["outcome"] != "begun":
                    results[entry["test"]] = [entry["outcome"], entry["why"]]
                else:
                    results.setdefault(entry["test"], ["failed", ended])
            if status in (0, 1, 5):
                break
    return results
