"""Run MXNet's own unit tests and compare with what passes in the MXNet of its day.

    python tests/legacy/mxnet_tests.py SOURCE [FILE | FILE::TEST ...] [--json OUT]
    OLD/bin/python tests/legacy/mxnet_tests.py SOURCE --plain --json OUT

SOURCE: a checkout of MXNet at its tag 1.9.1. FILE: names such as test_loss.py; without,
all of tests/python/unittest. The first form runs them through the door, and exits 1
where a test of reference.json does not pass and is not listed, with its cause, in
apart.json. The second one makes the reference, in an old environment that has pytest.
"""

import argparse
import collections
import json
import platform
import sys
import time
from pathlib import Path

from mxnet_running import run_file

HERE = Path(__file__).resolve().parent
UNITTEST = Path("tests/python/unittest")
DOOR = ["-m", "linreg_gluon.legacy"]


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


def lost(results, reference, apart, names):
    """Return the tests among names that the reference passed and these results not."""
    wanted = []
    for name in names:
        file, _, test = name.partition("::")
        tests = [test] if test else reference["passed"].get(file, [])
        wanted += ["%s::%s" % (file, t) for t in tests if t in known(reference, file)]
    return [
        test
        for test in wanted
        if results.get(test, [""])[0] != "passed" and test not in apart
    ]


def known(reference, file):
    return reference["passed"].get(file, [])


CAUSES = {
    "ConnectionError": "download",
    "test_imageiter.lst": "download",  # nose fetches its images, and makes the folder
    "variable 'label'": "download",
    "library lib": "built with MXNet alone",
    "mxnet_predict": "built with MXNet alone",
    "hangs": "takes longer than it is given",
}


def cause(outcome, why):
    """Return in a few words why a test did not pass."""
    if outcome == "skipped":
        return "skips itself"
    return next((words for sign, words in CAUSES.items() if sign in why), why[:90])


def merged(files, results, names, apart):
    """Return {file: {"tests": count, "others": {test: why it did not pass}}}.

    files: what was kept before. Of names, a FILE replaces it, a FILE::TEST one test.
    """
    files = {file: told for file, told in files.items() if file not in names}
    for test, (outcome, why) in sorted(results.items()):
        file, _, short = test.partition("::")
        told = files.setdefault(file, {"tests": 0, "others": {}})
        told["tests"] += test not in names or told["tests"] == 0
        told["others"].pop(short, None)
        if outcome != "passed":
            told["others"][short] = apart.get(test) or cause(outcome, why)
    return files


def table(kept):
    """Return the table of docs/legacy.md as Markdown."""
    reference, rows = read("reference.json")["passed"], []
    for file, told in sorted(kept["files"].items()):
        others = collections.Counter(told["others"].values())
        words = "; ".join("%d: %s" % (n, why) for why, n in sorted(others.items()))
        passed = told["tests"] - len(told["others"])
        rows.append((file, passed, len(reference.get(file, [])), words))
    yes, wanted = (sum(row[i] for row in rows) for i in (1, 2))
    lines = [
        "Python {python}, NumPy {numpy}, SciPy {scipy}: ".format(**kept["versions"])
        + "%d tests pass, %d in the reference." % (yes, wanted),
        "",
        "| file | passed | reference | the others |",
        "| - | - | - | - |",
    ]
    for row in rows:
        lines.append("| %s | %d | %d | %s |" % row)
    return "\n".join(lines) + "\n"


def keep(path, results, args):
    """Write what is to be kept: the reference, or how each test went last."""
    if args.plain:
        rows = ",\n".join(
            "%s: %s" % (json.dumps(file), json.dumps(names))
            for file, names in passed(results).items()
        )
        told = json.dumps(versions())
        path.write_text('{"versions": %s,\n"passed": {\n%s\n}}\n' % (told, rows))
        return
    before = json.loads(path.read_text()) if path.exists() else {}
    if before.get("versions") != versions():
        before = {"files": {}}
    files = merged(before["files"], results, args.names, read("apart.json"))
    kept = {"versions": versions(), "files": files}
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def read(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path, help="a checkout of MXNet 1.9.1")
    parser.add_argument("names", nargs="*", metavar="FILE[::TEST]")
    parser.add_argument("--plain", action="store_true", help="without the door")
    parser.add_argument("--json", type=Path, metavar="OUT", help="keep the results")
    args = parser.parse_args()
    folder = args.source.resolve() / UNITTEST
    args.names = args.names or sorted(path.name for path in folder.glob("test_*.py"))
    files = [name.partition("::")[0] for name in args.names]
    if not files or not all((folder / name).is_file() for name in files):
        parser.error(
            "%s holds no such tests: give a checkout of MXNet 1.9.1 (git clone --branch"
            " 1.9.1 of apache/mxnet), and names of files there" % folder
        )
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)  # not after an hour
    results = run_all(folder, args)
    if args.plain:
        return 0
    below = lost(results, read("reference.json"), read("apart.json"), args.names)
    for test in below:
        print("below the reference: %s: %s" % (test, results.get(test, ["", "?"])[1]))
    count = sum(map(len, passed(results).values()))
    print("%d tests passed, %d below" % (count, len(below)))
    return 1 if below else 0


def run_all(folder, args):
    """Run what is named, telling how each went; return {test: [outcome, why]}."""
    results = {}
    for name in args.names:
        began = time.time()
        here = run_file([] if args.plain else DOOR, folder, name)
        results.update(here)
        count = sum(outcome == "passed" for outcome, _ in here.values())
        told = name, count, len(here), time.time() - began
        print("%s: %d of %d passed, %.0f s" % told, flush=True)
        if args.json:
            keep(args.json, results, args)
    return results


if __name__ == "__main__":
    sys.exit(main())
