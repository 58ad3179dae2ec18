"""Rows on disk give the numbers of rows in memory, alone and as a worker's share."""

import numpy as np
import pytest
from test_gram import FUSED, problem, walked
from test_launcher import no_job_outlives_its_test
from test_worker import result

from linreg_gluon import Config, fused, parallel, tabular, theory
from linreg_gluon.kept import OnDisk
from linreg_gluon.parallel import gram
from linreg_gluon.parallel.mapped import Mapped

__all__ = ["no_job_outlives_its_test"]  # a fixture here, too
HOUSES = ["--csv", "docs/houses.csv", "--target", "price", "--epochs", 30]
NORRIS = ["--csv", "tests/nist/Norris.csv", "--target", "y", "--epochs", 3]


def on_disk(tmp_path, *arrays):
    """Return copies of arrays in files of a folder."""
    found = [OnDisk(str(tmp_path / "m")).empty(a.shape, a.dtype) for a in arrays]
    for copy, array in zip(found, arrays):
        copy[:] = array
    return found


def test_rows_are_taken_as_from_the_table(tmp_path):
    data = problem(50, 3)
    table = gram.Epochs(*data, Config(), 50, (0, 1)).table
    mapped = gram.Epochs(*on_disk(tmp_path, *data), Config(), 50, (0, 1)).table
    assert isinstance(mapped, Mapped)
    rows = np.random.default_rng(0).integers(0, 51, (7, 30))
    out = np.full((7, 30, 5), np.nan, np.float32)
    mapped.take(rows, axis=0, out=out, mode="clip")
    assert np.array_equal(out, table[rows]) and (out[rows == 50] == 0).all()
    assert np.array_equal(mapped[11:19], table[11:19])


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("few", [gram.FEW, 0])
def test_walk_is_the_same_bit_for_bit(tmp_path, monkeypatch, size, few):
    monkeypatch.setattr(gram, "FEW", few)
    data, config = problem(500, 3), Config(0.1, 3, 7)
    there = walked(on_disk(tmp_path, *data), config, size)
    for (t, losses), (t2, losses2) in zip(walked(data, config, size), there):
        assert np.array_equal(t, t2) and losses == losses2


@pytest.mark.parametrize("form", parallel.FORMS)
def test_one_worker_needs_no_store(tmp_path, form, monkeypatch):
    data, config, told = problem(1000, 2), Config(), []
    monkeypatch.setattr(theory.sums, "BLOCK", 64)
    fit = fused.train(*data, config)
    options = {"kvstore": None, "form": form, "on_epoch": lambda *e: told.append(e)}
    own = parallel.train(*on_disk(tmp_path, *data), config, **options)
    assert np.abs(np.append(own.w - fit.w, own.b - fit.b)).max() < 5e-7  # 2 ulp of 4.2
    assert own.losses == pytest.approx(fit.losses, rel=1e-4)
    assert told == [*enumerate(own.losses, 1)]
    again = parallel.train(*data, config, start=own, kvstore=None)
    assert len(again.losses) == 6


@pytest.mark.parametrize("told", [{}, {"holdout": 0.2}, {"log_target": True}], ids=str)
def test_table_on_disk_is_prepared_alike(tmp_path, told):
    path, empty = "docs/houses.csv", OnDisk(str(tmp_path / "m")).empty
    data = tabular.read_csv(path, "price")
    there = tabular.read_csv(path, "price", empty=empty)
    before = np.array(there.values)
    assert np.array_equal(before, data.values) and there.plan == data.plan
    study, other = (tabular.Experiment(table, **told) for table in (data, there))
    assert np.array_equal(there.values, before)  # as it was
    pairs = [(study.training, other.training), (study.held, other.held)]
    for own, theirs in pairs if told.get("holdout") else pairs[:1]:
        assert all(map(np.array_equal, own, theirs))
        assert all(isinstance(array, np.memmap) for array in theirs)
    assert study.facts == other.facts and study.warnings == other.warnings


@pytest.mark.parametrize("flags", [HOUSES, [*NORRIS, "--holdout", 0.2],
                                   [*HOUSES, "--weight-decay", "auto"]],
                         ids=["houses", "holdout", "decay"])  # fmt: skip
def test_run_on_disk_is_the_run_in_memory(run, tmp_path, flags):
    w, losses = result(run, tmp_path / "a.json", *flags, script=FUSED)
    more = ["--out-of-core", "--save-prefix", tmp_path / "m"]
    w2, losses2 = result(run, tmp_path / "b.json", *flags, *more, script=FUSED)
    assert np.allclose(w2, w, rtol=1e-5)  # float32 steps on units of sd 1, unfolded
    assert losses2 == pytest.approx(losses, rel=1e-4)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["a.json", "b.json", "m.json", "m.params"]


def test_workers_keep_their_shares(run, tmp_path):
    w, losses = result(run, tmp_path / "a.json", *NORRIS, script=FUSED)
    more = ["--out-of-core", "--keep", "--save-prefix", tmp_path / "m"]
    job = {"script": FUSED, "workers": 2}
    w2, losses2 = result(run, tmp_path / "b.json", *NORRIS, *more, **job)
    assert np.allclose(w2, w, rtol=1e-6, atol=1e-6)
    assert losses2 == pytest.approx(losses, rel=1e-4)
    names = [str(tmp_path / ("m.rows-%d-of-2.npy" % rank)) for rank in (0, 1)]
    shares = [np.load(name) for name in names]
    whole = tabular.read_csv("tests/nist/Norris.csv", "y").values
    assert np.array_equal(np.concatenate(shares), whole)
    assert [len(share) for share in shares] == [18, 18]
