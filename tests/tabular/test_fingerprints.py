"""A table is known again: by whoever reads it, and by models of older versions."""

import hashlib
import shutil
import struct
import sys

import conftest
import numpy as np
import pytest
from conftest import PATHS, ROOT
from hypothesis import example, given
from hypothesis import strategies as st

from linreg_gluon import Config, fused, tabular, theory
from linreg_gluon.config import InputError
from linreg_gluon.kept import Keeping, load
from linreg_gluon.tabular.fingerprints import LEAF, Leaves, Marks, fingerprint, root

VALUES = np.random.default_rng(0).standard_normal((2 * LEAF + 100, 3))
OLD = ROOT / "tests" / "kept" / "version1"  # written by an old version
NORRIS = ROOT / "tests" / "nist" / "Norris.csv"


def packed(rows):
    """Return the bytes of rows of floats, in plain Python."""
    return b"".join(struct.pack("<%dd" % len(row), *row) for row in rows.tolist())


def plain_tree(values):
    """Return the root by its definition."""
    starts = range(0, len(values), 1024)
    leaves = [hashlib.sha256(packed(values[i : i + 1024])).digest() for i in starts]
    start = ("%d %d\n" % values.shape).encode()
    return "sha256-tree:" + hashlib.sha256(start + b"".join(leaves)).hexdigest()


def plain_flat(values):
    """Return what older versions kept."""
    return hashlib.sha256(str(values.shape).encode() + packed(values)).hexdigest()


@pytest.mark.parametrize("n", [0, 1, LEAF - 1, LEAF, LEAF + 1, 2 * LEAF, len(VALUES)])
def test_tree_is_its_definition(n):
    assert fingerprint(VALUES[:n]) == plain_tree(VALUES[:n])


def test_tree_stays_what_it_was():
    # By sha256sum: of "2 2", a line end, and the digest of the bytes of 1, 2, 3, 4.
    wanted = "sha256-tree:756900158f18e3aac16c1465cf56880826a49977e9eb73b0ec5cd0baace3e7e4"
    assert fingerprint(np.array([[1.0, 2.0], [3.0, 4.0]])) == wanted


@given(st.lists(st.integers(0, len(VALUES)), max_size=5))
@example([LEAF - 1, LEAF + 1])
def test_any_cut_gives_the_same_leaves(cuts):
    leaves, cuts = Leaves(), sorted(cuts)
    for start, stop in zip([0, *cuts], [*cuts, len(VALUES)]):
        leaves.add(VALUES[start:stop])
    assert root(VALUES.shape, leaves.leaves) == plain_tree(VALUES)


def test_many_readers_have_one_root():
    parts = [Leaves(), Leaves(), Leaves()]
    for part, start, stop in zip(parts, [0, LEAF, 2 * LEAF], [LEAF, 2 * LEAF, None]):
        part.add(VALUES[start:stop])
    together = [leaf for part in parts for leaf in part.leaves]
    assert root(VALUES.shape, together) == fingerprint(VALUES)


def test_every_change_is_seen(monkeypatch):
    values = np.arange(12.0).reshape(6, 2)
    whole = fingerprint(values)
    monkeypatch.setattr(theory.sums, "BLOCK", 4)
    assert fingerprint(np.asfortranarray(values)) == whole
    assert fingerprint(values.astype(">f8")) == whole
    assert fingerprint(values.reshape(4, 3)) != whole
    values[5, 1] = np.nextafter(11, 12)
    assert fingerprint(values) != whole


def test_flat_is_taken_where_asked_for():
    marks = Marks(VALUES.shape, flat=True)
    for rows in theory.blocks(len(VALUES)):
        marks.add(VALUES[rows])
    assert marks.found() == (plain_tree(VALUES), plain_flat(VALUES))
    assert Marks(VALUES.shape).found()[1] is None


@pytest.fixture
def old(tmp_path):
    """The prefix of a model of version 1, which knows NIST's Norris by a flat sha256."""
    for ending in ".json", ".params":
        shutil.copy(str(OLD) + ending, str(tmp_path / ("m" + ending)))
    norris = np.loadtxt(str(NORRIS), delimiter=",", skiprows=1)[:, ::-1]
    assert load(str(tmp_path / "m")).data["sha256"] == plain_flat(norris)
    return str(tmp_path / "m")


@pytest.fixture
def changed(tmp_path):
    """Norris with one digit changed."""
    lines = NORRIS.read_text().splitlines()
    (tmp_path / "b.csv").write_text("\n".join([*lines[:-1], lines[-1] + "1"]) + "\n")
    return tmp_path / "b.csv"


def test_old_model_resumes_and_becomes_new(path, old, changed):
    whole = conftest.trained(path, "--csv", NORRIS, "--target", "y", "--epochs", 3)
    flags = ["--resume", old, "--epochs", 3]
    with pytest.raises(InputError, match="sha256 was 9e52.* and is now [0-9a-f]{64};"):
        conftest.trained(path, "--csv", changed, *flags)
    resumed = conftest.trained(path, "--csv", NORRIS, *flags).fit
    if path is PATHS["scratch"]:  # which the old version trained by
        assert resumed.w.tolist() == whole.fit.w.tolist()
    norris = tabular.read_csv(str(NORRIS), "y").values
    assert load(old).data["sha256"] == plain_tree(norris)
    flags[-1] = 4
    with pytest.raises(InputError, match="sha256 was sha256-tree:.* is now sha256-tr"):
        conftest.trained(path, "--csv", changed, *flags)
    assert len(conftest.trained(path, "--csv", NORRIS, *flags).fit.losses) == 4


def as_job(run, *flags):
    """Run a script by two workers; return the finished process."""
    command = ["python", "scripts/launch.py", "-n", 2, "--", sys.executable]
    command += ["scripts/train_fused.py", "--kvstore", "dist_sync", "--quiet"]
    return run(*command, *flags)


def test_two_workers_resume_an_old_model(run, old, changed):
    flags = ["--resume", old, "--epochs", 3]
    failed = as_job(run, "--csv", changed, *flags)
    assert failed.returncode and "sha256 was 9e52" in failed.stderr
    done = as_job(run, "--csv", NORRIS, *flags)
    assert done.returncode == 0, done.stderr
    norris = tabular.read_csv(str(NORRIS), "y").values
    assert load(old).data["sha256"] == plain_tree(norris)
    flags[-1] = 4  # and one alone goes on
    conftest.trained(fused, "--csv", NORRIS, *flags)
    failed = as_job(run, "--csv", changed, "--resume", old, "--epochs", 5)
    assert failed.returncode and "sha256 was sha256-tree:" in failed.stderr
    assert len(load(old).fit.losses) == 4


def test_python_is_told_to_name_the_old_model(old):
    study, model = tabular.Experiment(tabular.read_csv(str(NORRIS), "y")), load(old)
    with pytest.raises(InputError, match=r"give it to Experiment\(..., resumed=model"):
        study.train(fused.train, Config(num_epochs=3), keeping=Keeping(resumed=model))
