"""Many workers, one result: shares of a batch, and jobs against the plain run."""

import json
import os
import signal
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_launcher import all_started, ended, start

from linreg_gluon import distributed
from linreg_gluon.data import batch_order

SCRIPT = ["python", "scripts/train_gluon.py", "--quiet"]
SMALL = ["--num-examples", "37", "--batch-size", "10", "--noise", "0.5"]


@given(st.integers(1, 60), st.integers(1, 70), st.integers(1, 9), st.integers(0, 3))
@settings(deadline=None)
def test_shares_make_the_batch(num_examples, batch_size, num_workers, epoch):
    rows = np.arange(num_examples)
    own = [rows[distributed.owned(num_examples, r, num_workers)]
           for r in range(num_workers)]  # fmt: skip
    for batch in batch_order(num_examples, batch_size, 0, epoch):
        parts = [distributed.share(batch, r, num_workers) for r in range(num_workers)]
        shares = [rows[part] for rows, part in zip(own, parts)]
        assert sorted(np.concatenate(shares)) == sorted(batch)
        for r, part in enumerate(shares):  # in the batch's order
            assert list(part) == [i for i in batch if i % num_workers == r]


def result(run, file, *flags, workers=None, kvstore=("--kvstore", "dist_sync")):
    """Return (parameters, losses) of a run, by one process or by a job."""
    command = [*SCRIPT, *flags, "--json", file]
    if workers:
        head = ["python", "scripts/launch.py", "-n", workers, "--"]
        command = [*head, os.sys.executable, *command[1:], *kvstore]
    done = run(*command, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    return np.array(found["learned"]["w"] + [found["learned"]["b"]]), found["losses"]


def test_one_worker_is_bit_identical(run, tmp_path):
    w, losses = result(run, tmp_path / "a.json", *SMALL)
    w1, losses1 = result(run, tmp_path / "b.json", *SMALL, workers=1)
    assert np.array_equal(w, w1) and losses == losses1


# one rounding of the sum of two halves; 3 and 4 are added up in any order
@pytest.mark.slow
@pytest.mark.parametrize("workers, bound", [(2, 1.2e-7), (3, 1e-6), (4, 1e-6)])
@pytest.mark.parametrize("size", [10, 7, 3], ids=str)
def test_workers_agree_with_one(run, tmp_path, workers, bound, size):
    flags = ["--num-examples", 101, "--batch-size", size]
    w, _ = result(run, tmp_path / "a.json", *flags)
    many, _ = result(run, tmp_path / "b.json", *flags, workers=workers)
    assert (np.abs(many - w) <= bound * np.maximum(1, np.abs(w))).all()


@pytest.mark.slow
def test_two_workers_repeat_bits(run, tmp_path):
    runs = [result(run, tmp_path / "a.json", workers=2) for _ in range(5)]
    assert all(np.array_equal(w, runs[0][0]) for w, _ in runs)


@pytest.mark.slow
def test_csv_and_resume(run, tmp_path):
    data = ["--csv", "tests/nist/Norris.csv", "--target", "y"]
    saved = ["--save-prefix", tmp_path / "m"]
    w, losses = result(run, tmp_path / "a.json", *data, "--epochs", 6)
    result(run, tmp_path / "b.json", *data, *saved, "--epochs", 2, workers=2)
    more = ["--csv", data[1], "--resume", tmp_path / "m", "--epochs", 6]
    w2, losses2 = result(run, tmp_path / "b.json", *more, workers=2)
    assert np.allclose(w2, w, rtol=1e-6) and len(losses2) == 6  # float32's rounding


@pytest.mark.slow
@pytest.mark.parametrize("epochs_done", [1, 20, 38], ids=["start", "middle", "end"])
def test_killed_job_resumes(run, tmp_path, epochs_done):
    # An epoch of 200 steps takes some tenth of a second: the kill falls into one.
    flags = ["--num-examples", 2000, "--lr", 0.001, "--epochs", 40]
    w, losses = result(run, tmp_path / "a.json", *flags, workers=2)
    saved = tmp_path / "m.json"
    keep = ["--save-prefix", tmp_path / "m", "--save-interval", 1]
    command = [*SCRIPT[1:], *flags, *keep, "--kvstore", "dist_sync"]
    job = start(command=[sys.executable, *map(str, command)])
    pids = all_started(job)
    while job.poll() is None and count_epochs(saved) < epochs_done:
        time.sleep(0.01)
    os.kill(pids[-1], signal.SIGKILL)
    status, lines = ended(job, pids)
    assert status == 1 and "--resume %s" % (tmp_path / "m") in lines[-1]
    more = [*flags, "--resume", tmp_path / "m"]
    w2, losses2 = result(run, tmp_path / "b.json", *more, workers=2)
    assert np.array_equal(w, w2)
    assert losses2 == pytest.approx(losses, rel=1.2e-7)  # float32 means, added up


def count_epochs(path):
    """Return how many epochs a saved model has seen; 0 without one."""
    if not path.exists():
        return 0
    return len(json.loads(path.read_text(encoding="utf-8"))["losses"])
