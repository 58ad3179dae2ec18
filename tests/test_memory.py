"""A large CSV file trains in bounded memory: read, converted and trained in turn."""

import json
import os

import numpy as np
import pytest

STATUS = "/proc/self/status"
# getrusage's peak would count the test's own process, which was there before the exec
MEASURE = (
    """
import json, runpy, sys
sys.path.insert(0, "scripts")
del sys.argv[0]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    status = ended.code
(peak,) = [line.split()[1] for line in open("%s") if "VmHWM" in line]
print(json.dumps({"status": status, "bytes": 1024 * int(peak)}))
"""
    % STATUS
)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A CSV file of 1,000,000 rows of 20 features and a target."""
    file = tmp_path_factory.mktemp("large") / "large.csv"
    rng = np.random.default_rng(0)
    row = ",".join(["%.7g"] * 21) + "\n"
    with open(str(file), "w") as out:
        out.write(",".join(["f%d" % i for i in range(20)] + ["y"]) + "\n")
        for _ in range(100):
            X = rng.standard_normal((10_000, 20))
            block = np.column_stack([X, X.sum(axis=1) + rng.standard_normal(10_000)])
            out.write(row * len(block) % tuple(block.ravel().tolist()))
    return file


@pytest.mark.slow
@pytest.mark.skipif(
    not os.path.exists(STATUS),
    reason="NOT TESTED: the peak of memory needs Linux's /proc",
)
@pytest.mark.parametrize("script", ["train_scratch.py", "train_gluon.py"])
@pytest.mark.parametrize("holdout", ["0", "0.2"])
def test_a_million_rows_fit(run, large, script, holdout):
    flags = ["--csv", large, "--target", "y", "--batch-size", 1000, "--epochs", 2]
    flags += ["--holdout", holdout, "--lr", "0.03"]
    result = run("python", "-c", MEASURE, "scripts/" + script, *flags, timeout=600)
    measured = json.loads(result.stdout.splitlines()[-1])
    assert measured["status"] == 0, result.stderr
    data = 1_000_000 * 21 * 4
    print(script, holdout, measured["bytes"] / 1e6, "MB", result.stderr)
    assert measured["bytes"] < 3 * data + 250e6
    assert "time: read" in result.stderr  # whoever waited is told for what
