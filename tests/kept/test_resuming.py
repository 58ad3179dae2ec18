"""Stop and go on: the same bits as without the stop, whatever stopped the run."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import conftest
import numpy as np
import pytest
from conftest import PATHS, ROOT, told

from linreg_gluon.config import InputError
from linreg_gluon.kept import load, saving
from linreg_gluon.kept import save as save_model

SMALL = ["--num-examples", "40", "--noise", "0.5"]


def trained(path, *flags):
    """Run a script's work in this process; return the Fit in training units."""
    return conftest.trained(path, *SMALL, *flags).fit


def same(a, b):
    return np.array_equal(a.w, b.w) and (a.b, a.losses) == (b.b, b.losses)


@pytest.fixture
def prefix(tmp_path):
    return str(tmp_path / "model")


UNITS = [[], ["--standardize"], ["--dtype", "float64"], ["--holdout", "0.2"]]


@pytest.mark.parametrize("flags", UNITS, ids=str)
def test_resumed_is_uninterrupted(path, prefix, flags):
    whole = trained(path, *flags, "--epochs", 5)
    trained(path, *flags, "--epochs", 2, "--save-prefix", prefix)
    resumed = trained(path, "--resume", prefix, "--epochs", 5)
    assert same(resumed, whole) and same(load(prefix).fit, whole)


@pytest.mark.parametrize("first, second", [("scratch", "gluon"), ("gluon", "scratch")])
def test_each_path_reads_the_others(prefix, first, second):
    whole = trained(PATHS[second], "--epochs", 4)
    trained(PATHS[first], "--epochs", 2, "--save-prefix", prefix)
    mixed = trained(PATHS[second], "--resume", prefix, "--epochs", 4)
    assert np.abs(mixed.w - whole.w).max() < 2e-6  # path against path, in float32
    assert len(mixed.losses) == 4


def test_interval_saves_between(path, prefix, monkeypatch):
    whole, seen = trained(path, "--epochs", 5), []

    def watched(where, model):
        seen.append(len(model.fit.losses))
        save_model(where, model)

    monkeypatch.setattr(saving, "save", watched)
    flags = ["--save-prefix", prefix, "--save-interval", 2]
    assert same(trained(path, "--epochs", 5, *flags), whole)
    assert seen == [2, 4, 5] and same(load(prefix).fit, whole)


def test_flags_come_from_model(path, prefix):
    chosen = ["--lr", 0.1, "--batch-size", 7, "--seed", 3, "--epochs", 3]
    trained(path, *chosen, "--save-prefix", prefix)
    run = told(*SMALL, "--resume", prefix)
    assert (run.config.lr, run.config.batch_size, run.config.seed) == (0.1, 7, 3)
    assert run.config.num_epochs == 3 and run.keeping.epochs_left(run.config) == 0
    assert run.keeping.save_prefix == prefix


def test_weight_decay_comes_from_model(path, prefix):
    trained(path, "--epochs", 1, "--weight-decay", 0.2, "--save-prefix", prefix)
    whole = trained(path, "--epochs", 3, "--weight-decay", 0.2)
    assert same(trained(path, "--epochs", 3, "--resume", prefix), whole)
    assert load(prefix).config.weight_decay == 0.2


def test_learning_rate_may_change(path, prefix):
    trained(path, "--epochs", 1, "--save-prefix", prefix)
    trained(path, "--epochs", 2, "--lr", 0.2, "--resume", prefix)
    assert load(prefix).config.lr == 0.2 and len(load(prefix).fit.losses) == 2


def test_nothing_left_copies_and_exports(path, prefix, tmp_path):
    whole = trained(path, "--epochs", 2, "--save-prefix", prefix)
    copy, served = str(tmp_path / "copy"), str(tmp_path / "served")
    flags = ["--resume", prefix, "--save-prefix", copy, "--export", served]
    assert same(trained(path, *flags), whole) and same(load(copy).fit, whole)
    assert Path(served + "-symbol.json").exists()


DIFFERENT = [
    (["--seed", 1], "seed was 0 and is now 1"),
    (["--batch-size", 5], "batch_size was 10 and is now 5"),
    (["--weight-decay", 0.1], "weight_decay was 0.0 and is now 0.1"),
    (["--dtype", "float64"], "dtype was float32 and is now float64"),
    (["--holdout", 0.5], "holdout was 0.0 and is now 0.5"),
    (["--standardize"], "standardize was False and is now True"),
    (["--num-examples", 41], "rows was 40 and is now 41"),
    (["--true-w", "1,2"], "sha256 was "),
    (["--true-w", "1,2,3"], "columns was x0 x1 y and is now x0 x1 x2 y"),
    (["--epochs", 1], "the model has seen 2 epochs, and --epochs 1 counts those"),
]


@pytest.mark.parametrize("flags, text", DIFFERENT, ids=str)
def test_difference_is_named(path, prefix, flags, text):
    trained(path, "--epochs", 2, "--save-prefix", prefix)
    before = Path(prefix + ".json").read_bytes()
    with pytest.raises(InputError, match=re.escape(text)):
        trained(path, "--resume", prefix, "--epochs", 3, *flags)
    assert Path(prefix + ".json").read_bytes() == before


def test_one_changed_cell_is_noticed(path, prefix, tmp_path):
    file = tmp_path / "data.csv"
    file.write_text("a,y\n" + "".join("%d,%d\n" % (i, i * i) for i in range(9)))
    flags = ["--csv", file, "--epochs", 2]
    conftest.trained(path, *flags, "--target", "y", "--save-prefix", prefix)
    file.write_text(file.read_text().replace("16", "17"))
    with pytest.raises(InputError, match="sha256 was"):
        conftest.trained(path, *flags, "--resume", prefix)


def test_interval_needs_prefix():
    with pytest.raises(InputError, match="--save-interval needs --save-prefix"):
        told("--save-interval", 2)


def test_diverged_run_keeps_last_model(path, prefix):
    trained(path, "--epochs", 2, "--save-prefix", prefix)
    kept = load(prefix).fit
    with pytest.raises(ArithmeticError):
        trained(path, "--epochs", 50, "--lr", 1e9, "--resume", prefix)
    assert same(load(prefix).fit, kept)


def start(prefix, epochs):
    """Start a run that saves after every epoch, going on with what there is."""
    command = [sys.executable, "scripts/train_scratch.py", *SMALL, "--quiet"]
    command += ["--batch-size", "40", "--epochs", str(epochs), "--save-interval", "1"]
    resumes = Path(prefix + ".json").exists()
    command += ["--resume" if resumes else "--save-prefix", prefix]
    return subprocess.Popen(command, cwd=str(ROOT), stderr=subprocess.PIPE)


def kill_often(prefix, kills, epochs):
    """Kill the run at random moments of its training until it was killed so often."""
    dice, seen = random.Random(5), -1
    for _ in range(kills):
        process = start(prefix, epochs)
        while process.poll() is None and epochs_of(prefix) <= seen:
            time.sleep(0.01)  # until it saves for the first time
        time.sleep(dice.uniform(0, 0.2))
        process.kill()
        process.stderr.close()
        assert process.wait() == -9, "the run ended before it was killed: more epochs"
        fit = load(prefix).fit  # whole, and verified
        assert len(fit.losses) > seen
        seen = len(fit.losses)


def epochs_of(prefix):
    return len(load(prefix).fit.losses) if Path(prefix + ".json").exists() else -1


@pytest.mark.parametrize(
    "kills, epochs", [(2, 300), pytest.param(50, 3000, marks=pytest.mark.slow)]
)
def test_kill_9_loses_nothing(prefix, tmp_path, kills, epochs):
    kill_often(prefix, kills, epochs)
    last = start(prefix, epochs)
    _, errors = last.communicate()
    assert (last.returncode, errors) == (0, b"")
    whole = trained(PATHS["scratch"], "--batch-size", 40, "--epochs", epochs)
    assert same(load(prefix).fit, whole)
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == ["model.json", "model.params"]
