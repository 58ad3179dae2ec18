"""Many workers, one result: shares of a batch, and jobs against the plain run."""

import json
import os
import signal
import sys
import time
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_launcher import FORMS, ROLES, all_started, ended, start
from test_launcher import no_job_outlives_its_test
from together import together

from linreg_gluon import theory
from linreg_gluon.parallel import Worker, training
from linreg_gluon.data import batch_order
from linreg_gluon.kept import Units

__all__ = ["no_job_outlives_its_test"]  # a fixture here, too
SCRIPT = ["python", "scripts/train_gluon.py", "--quiet"]
KVSTORE = "--kvstore", "dist_sync"
SMALL = ["--num-examples", "37", "--batch-size", "10", "--noise", "0.5"]


@given(st.integers(1, 60), st.integers(1, 70), st.integers(1, 9), st.integers(0, 3))
@settings(deadline=None)
def test_shares_make_the_batch(num_examples, batch_size, num_workers, epoch):
    rows = np.arange(num_examples)
    places = [types.SimpleNamespace(rank=r, size=num_workers)
              for r in range(num_workers)]  # fmt: skip
    own = [Worker.owned(place, num_examples) for place in places]
    assert sorted(np.concatenate([rows[o] for o in own])) == list(rows)
    for batch in batch_order(num_examples, batch_size, 0, epoch):
        parts = [training.share(batch, o) for o in own]
        shares = [rows[o][part] for o, part in zip(own, parts)]
        assert sorted(np.concatenate(shares)) == sorted(batch)
        for o, part in zip(own, shares):  # in the batch's order
            assert list(part) == [i for i in batch if o.start <= i < o.stop]


def result(run, file, *flags, workers=None, kvstore=KVSTORE, script=SCRIPT):
    """Return (parameters, losses) of a run, by one process or by a job."""
    command = [*script, *flags, "--json", file]
    if workers:
        head = ["python", "scripts/launch.py", "-n", workers, "--"]
        command = [*head, os.sys.executable, *command[1:], *kvstore]
    done = run(*command, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    return np.array(found["learned"]["w"] + [found["learned"]["b"]]), found["losses"]


NORRIS = ["--csv", "tests/nist/Norris.csv", "--target", "y"]


@pytest.mark.parametrize(
    "flags",
    [SMALL, [*NORRIS, "--holdout", "0.2"], [*NORRIS, "--dtype", "float64"]],
    ids=["small", "csv", "float64"],
)
def test_one_worker_is_bit_identical(run, tmp_path, flags):
    w, losses = result(run, tmp_path / "a.json", *flags)
    w1, losses1 = result(run, tmp_path / "b.json", *flags, workers=1)
    assert np.array_equal(w, w1) and losses == losses1


@pytest.mark.parametrize("size", [2, 3, 5])
def test_parts_add_up_to_the_whole(size):
    rng = np.random.default_rng(size)
    X = rng.normal(size=(40, 4)) * [1, 10, 0.1, 5] + [3, 100, 0, 7]
    X[:, 3] = X[:, 0] - 2 * X[:, 1]
    y = X @ [1, 2, 3, 4] + rng.normal(size=40)

    def call(everyone):
        own = slice(everyone.rank, None, size)
        kept = X[own, :3], y[own]
        units = Units.standard(*kept, everyone)
        fit = theory.least_squares(*kept, everyone)
        return units, fit, theory.dependencies(X[own], everyone)

    units, fit = Units.standard(X[:, :3], y), theory.least_squares(X[:, :3], y)
    for theirs, found, dependent in together(size, call):
        # Sums of 40 numbers in another order: some ulp of float64.
        assert np.allclose([*theirs.mean, *theirs.scale], [*units.mean, *units.scale],
                           rtol=1e-14)  # fmt: skip
        a, b = ([*x.w, x.b, *x.se_w, x.loss] for x in (found, fit))
        assert np.allclose(a, b, rtol=1e-11)
        assert dependent == theory.dependencies(X)


PART = """
import sys
from linreg_gluon import cli, parallel
parser = cli.training_parser("x")
parser.add_argument("--kvstore")
told = cli.parse(parser, [*sys.argv[1:], "--kvstore", "dist_sync"])
worker = parallel.join(told.kvstore)
study = cli.experiment(told, worker)
held = len(study.held[1]) if study.held else 0
print("rank", worker.rank, len(study.training[1]), held, study.whole["training"])
"""


def test_worker_keeps_its_rows_alone(run):
    # Of 36 rows 7 are held out, all by rank 0, and 29 are trained on: 14 and 15.
    flags = [*NORRIS, "--holdout", "0.2"]
    command = [sys.executable, "-c", PART, *flags]
    done = run("python", "scripts/launch.py", "-n", 2, "--", *command)
    told = sorted(line.split("] ")[1] for line in done.stdout.splitlines())
    assert told == ["rank 0 14 7 29", "rank 1 15 0 29"], done.stderr


def test_fewer_rows_than_workers_is_said(run, tmp_path):
    file = tmp_path / "three.csv"
    file.write_text("x,y\n1,2\n2,3\n3,5\n")
    command = [sys.executable, *SCRIPT[1:], "--kvstore", "dist_sync"]
    data = ["--csv", file, "--target", "y"]
    done = run("python", "scripts/launch.py", "-n", 4, "--", *command, *data)
    assert done.returncode == 2 and "too few for 4 workers" in done.stderr
    assert "Traceback" not in done.stderr


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
@pytest.mark.parametrize("form", FORMS)
def test_two_workers_repeat_bits(run, tmp_path, form):
    job = {"script": ["python", *FORMS[form], "--quiet"], "workers": 2}
    runs = [result(run, tmp_path / "a.json", **job) for _ in range(5)]
    first, first_losses = runs[0]
    assert all(np.array_equal(w, first) for w, _ in runs)
    assert all(losses == first_losses for _, losses in runs)


@pytest.mark.slow
def test_csv_and_resume(run, tmp_path):
    data = [*NORRIS, "--holdout", 0.2]
    saved = ["--save-prefix", tmp_path / "m"]
    w, losses = result(run, tmp_path / "a.json", *data, "--epochs", 6)
    result(run, tmp_path / "b.json", *data, *saved, "--epochs", 2, workers=2)
    more = ["--csv", data[1], "--resume", tmp_path / "m", "--epochs", 6]
    w2, losses2 = result(run, tmp_path / "b.json", *more, workers=2)
    assert np.allclose(w2, w, rtol=1.2e-7, atol=1.2e-7)  # float32's rounding
    assert losses2 == pytest.approx(losses, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "who, epochs_done",
    [("worker 1", 1), ("worker 1", 20), *((who, 38) for who in ROLES)],
)
@pytest.mark.parametrize("form, num_examples", [("step", 2000), ("gram", 400000)])
def test_killed_job_resumes(run, tmp_path, form, num_examples, who, epochs_done):
    # An epoch takes some tenth of a second: the kill falls into one.
    told = {"script": ["python", *FORMS[form], "--quiet"], "workers": 2}
    flags = ["--num-examples", num_examples, "--lr", 1e-5, "--epochs", 40]
    w, losses = result(run, tmp_path / "a.json", *flags, **told)
    saved = tmp_path / "m.json"
    keep = ["--save-prefix", tmp_path / "m", "--save-interval", 1]
    command = [*told["script"][1:], *flags, *keep, "--kvstore", "dist_sync"]
    job = start(command=[sys.executable, *map(str, command)])
    pids = all_started(job)
    while job.poll() is None and count_epochs(saved) < epochs_done:
        time.sleep(0.01)
    os.kill(pids[ROLES.index(who)], signal.SIGKILL)
    status, lines = ended(job, pids)
    assert status == 1 and f"{who} was killed by SIGKILL" in lines[-1]
    assert "--resume %s" % (tmp_path / "m") in lines[-1]
    more = [*flags, "--resume", tmp_path / "m"]
    w2, losses2 = result(run, tmp_path / "b.json", *more, **told)
    assert np.array_equal(w, w2) and losses2 == losses


def count_epochs(path):
    """Return how many epochs a saved model has seen; 0 without one."""
    if not path.exists():
        return 0
    return len(json.loads(path.read_text(encoding="utf-8"))["losses"])
