"""Run MXNet's own unit tests and compare with what passes in the MXNet of its day.

    python tests/legacy/mxnet_tests.py SOURCE [FILE ...] [--json OUT]
    OLD/bin/python tests/legacy/mxnet_tests.py SOURCE --plain --json OUT

SOURCE: a checkout of MXNet at its tag 1.9.1. FILE: names such as test_loss.py; without,
all of tests/python/unittest. The first form runs them through the door, and exits 1
where a test of reference.json does not pass and is not listed, with its cause, in
apart.json. The second one makes the reference, in an old environment that has pytest.
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

HERE = Path(__file__).resolve().parent
UNITTEST = Path("tests/python/unittest")
# seconds without the end of a test, after which it counts as hanging: the longest one
# takes four minutes on an idle machine
PATIENCE = 1800
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
    last = time.time()
    while True:
        try:
            return process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            last = max(last, log.stat().st_mtime)
            if time.time() - last > PATIENCE:
                process.kill()
                process.wait()
                return None


def run_file(door, path):
    """Return {test: [outcome, why]} of a file; a crash or a hang costs one test."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        log.touch()
        command = [sys.executable, *door, *PYTEST, "--rootdir", str(path.parent)]
        results, size = {}, -1
        while log.stat().st_size > size:  # else not even a test began
            size = log.stat().st_size
            status = run_once([*command, str(path)], log, folder)
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


def versions():
    import numpy
    import scipy

    told = {"python": platform.python_version(), "numpy": numpy.__version__}
    return {**told, "scipy": scipy.__version__}


def passed(results):
    """Return {file: [name, ...]} of the tests that passed."""
    found = {}
    for test, (outcome, _) in sorted(results.items()):
        if outcome == "passed":
            file, _, name = test.partition("::")
            found.setdefault(file, []).append(name)
    return found


def lost(results, reference, apart, files):
    """Return the tests that the reference passed and these results did not."""
    wanted = [
        "%s::%s" % (file, name)
        for file in files
        for name in reference["passed"].get(file, [])
    ]
    return [
        test
        for test in wanted
        if results.get(test, [""])[0] != "passed" and test not in apart
    ]


CAUSES = {
    "ConnectionError": "download",
    "library lib": "built with MXNet alone",
    "mxnet_predict": "built with MXNet alone",
    "hangs": "takes longer than it is given",
}


def cause(outcome, why):
    """Return in a few words why a test did not pass."""
    if outcome == "skipped":
        return "skips itself"
    return next((words for sign, words in CAUSES.items() if sign in why), why[:90])


def summary(results, reference, apart):
    """Return {file: passed here, in the reference, apart, and why the others not}."""
    files = {}
    for test, (outcome, why) in sorted(results.items()):
        name = test.partition("::")[0]
        file = files.setdefault(name, {"passed": 0, "others": {}})
        file["reference"] = len(reference["passed"].get(name, []))
        if outcome == "passed":
            file["passed"] += 1
        else:
            words = apart.get(test) or cause(outcome, why)
            file["others"][words] = file["others"].get(words, 0) + 1
    return files


def table(kept):
    """Return the table of docs/legacy.md as Markdown."""
    files, told = kept["files"].values(), kept["versions"]
    yes, wanted = (sum(f[key] for f in files) for key in ("passed", "reference"))
    lines = [
        "Python {python}, NumPy {numpy}, SciPy {scipy}: ".format(**told)
        + "%d tests pass, %d in the reference." % (yes, wanted),
        "",
        "| file | passed | reference | the others |",
        "| - | - | - | - |",
    ]
    for name, file in kept["files"].items():
        others = "; ".join("%d: %s" % (n, w) for w, n in file["others"].items())
        row = name, str(file["passed"]), str(file["reference"]), others
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |")
    return "\n".join(lines) + "\n"


def keep(path, results, args):
    """Write what is to be kept: the reference, or a summary beside it.

    Of a summary that is there, by the same versions, the other files stay.
    """
    if args.plain:
        rows = ",\n".join(
            "%s: %s" % (json.dumps(file), json.dumps(names))
            for file, names in passed(results).items()
        )
        told = json.dumps(versions())
        path.write_text('{"versions": %s,\n"passed": {\n%s\n}}\n' % (told, rows))
        return
    kept = {"versions": versions(), "files": {}}
    before = json.loads(path.read_text()) if path.exists() else kept
    if before["versions"] == kept["versions"]:
        kept["files"].update(before["files"])
    kept["files"].update(summary(results, read("reference.json"), read("apart.json")))
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def read(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path, help="a checkout of MXNet 1.9.1")
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--plain", action="store_true", help="without the door")
    parser.add_argument("--json", type=Path, metavar="OUT", help="keep the results")
    args = parser.parse_args()
    folder = args.source.resolve() / UNITTEST
    files = args.files or sorted(path.name for path in folder.glob("test_*.py"))
    if not files or not all((folder / name).is_file() for name in files):
        parser.error(
            "%s holds no such tests: give a checkout of MXNet 1.9.1 (git clone --branch"
            " 1.9.1 of apache/mxnet), and names of files there" % folder
        )
    door = [] if args.plain else ["-m", "linreg_gluon.legacy"]
    results = {}
    for name in files:
        began, here = time.time(), run_file(door, folder / name)
        results.update(here)
        count = sum(outcome == "passed" for outcome, _ in here.values())
        told = name, count, len(here), time.time() - began
        print("%s: %d of %d passed, %.0f s" % told, flush=True)
        if args.json:
            keep(args.json, results, args)
    if args.plain:
        return 0
    below = lost(results, read("reference.json"), read("apart.json"), files)
    for test in below:
        print("below the reference: %s: %s" % (test, results.get(test, ["", "?"])[1]))
    count = sum(map(len, passed(results).values()))
    print("%d tests passed, %d below" % (count, len(below)))
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
