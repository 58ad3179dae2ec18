"""DataFrames and Excel's files are read as the CSV file that holds them."""

import datetime
import sys

import numpy as np
import pandas
import pytest

from linreg_gluon import Config, fused, tabular
from linreg_gluon.config import InputError
from linreg_gluon.tabular import read_csv

N = 60
RNG = np.random.default_rng(2)
FRAME = pandas.DataFrame(
    {
        "size": RNG.uniform(20, 200, N),
        "kind": RNG.choice(["flat", "house", "hut"], N),
        "new": RNG.random(N) < 0.5,
        "sold": [datetime.datetime(2024, 1, 1) + datetime.timedelta(days=i) for i in range(N)],
        "name": ["no %d" % i for i in range(N)],
        "price": RNG.uniform(1, 2, N),
    }
)  # fmt: skip
FRAME.loc[3, "size"] = np.nan
FRAME.loc[7, "kind"] = None


@pytest.fixture
def wanted(tmp_path):
    """The Table of the CSV file."""
    FRAME.to_csv(str(tmp_path / "a.csv"), index=False)
    return read_csv(str(tmp_path / "a.csv"), "price")


def test_frame_is_read_as_its_file(wanted):
    table = read_csv(FRAME, "price")
    assert table.names == wanted.names and len(table.values) == N - 2
    assert np.array_equal(table.values, wanted.values)
    assert table.plan.left_out == (("name", "60 different texts"),)


def test_workbook_is_read_as_its_file(wanted, tmp_path):
    pytest.importorskip("openpyxl")
    file = str(tmp_path / "a.xlsx")
    FRAME.to_excel(file, index=False)
    table = read_csv(file, "price")
    assert table.names == wanted.names
    # a workbook keeps 16 digits or so
    assert np.allclose(table.values, wanted.values, rtol=1e-14)


def test_parquet_is_read_as_its_file(wanted, tmp_path):
    pytest.importorskip("pyarrow", reason="NOT TESTED: .parquet needs pyarrow")
    file = str(tmp_path / "a.parquet")
    FRAME.to_parquet(file, index=False)
    table = read_csv(file, "price")
    assert table.names == wanted.names and table.plan.left_out == wanted.plan.left_out
    assert np.array_equal(table.values, wanted.values)


def test_parquet_is_read_by_pandas(wanted, tmp_path, monkeypatch):
    """Its engine aside, which is not in everybody's set-up."""
    monkeypatch.setattr(pandas, "read_parquet", lambda path: FRAME)
    table = read_csv(str(tmp_path / "a.parquet"), "price")
    assert np.array_equal(table.values, wanted.values)


def test_damaged_workbook_is_refused(tmp_path):
    pytest.importorskip("openpyxl")
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError, match="a.xlsx: cannot be read"):
        read_csv(str(tmp_path / "a.xlsx"), "price")


@pytest.mark.parametrize(
    "ending, engine", [("xlsx", "openpyxl"), ("parquet", "pyarrow")]
)
def test_missing_engine_says_install(monkeypatch, tmp_path, ending, engine):
    file = tmp_path / ("a." + ending)
    file.write_bytes(b"PK")
    if ending == "xlsx":
        FRAME.to_excel(str(file), index=False)
    for name in (engine, "fastparquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match='type  pip install "?' + engine):
        read_csv(str(file), "price")


def test_result_predicts_raw_frames(wanted):
    study = tabular.Experiment(wanted)
    result = study.train(fused.train, Config(lr=0.1, num_epochs=20))
    shuffled = FRAME.sample(frac=1, random_state=1)[list(FRAME.columns)[::-1]]
    found = result.predict(shuffled)
    assert np.isnan(found).sum() == 2
    kept = shuffled.dropna().index.to_numpy()
    places = np.delete(np.arange(N), [3, 7]).tolist()
    own = wanted.features @ result.learned.w + result.learned.b
    assert np.array_equal(found[~np.isnan(found)], own[[places.index(k) for k in kept]])


def test_unseen_level_is_left_empty(wanted):
    result = tabular.Experiment(wanted).train(fused.train, Config(num_epochs=1))
    rows = (
        FRAME.drop(index=[3, 7]).head(4).assign(kind=["flat", "tent", "hut", "house"])
    )
    source = tabular.rows_of(result.model(), rows)
    found = tabular.predict(result.model(), source)
    assert np.isnan(found.values).tolist() == [False, True, False, False]
    assert "'tent' was not among the levels" in found.first and found.missing == 1
    with pytest.raises(InputError, match="'tent' was not among"):
        tabular.predict(result.model(), source, strict=True)


def test_means_fill_gaps_again(tmp_path):
    table = read_csv(FRAME, "price", missing="mean", dates=["sold"])
    assert (
        len(table.values) == N and "gaps filled with the mean" in table.plan.said()[0]
    )
    size = table.names.index("size")
    assert table.values[3, size] == pytest.approx(FRAME["size"].mean())
    result = tabular.Experiment(table).train(fused.train, Config(num_epochs=1))
    assert not np.isnan(result.predict(FRAME)).any()
