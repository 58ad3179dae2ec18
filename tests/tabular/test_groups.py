"""Processes that share a Parquet file by its groups of rows have what one has of all."""

import sys
import types
from importlib.util import find_spec
from types import SimpleNamespace as Facts

import numpy as np
import pandas
import pytest
from together import together

from linreg_gluon import tabular
from linreg_gluon.config import InputError
from linreg_gluon.tabular import groups, sharing

HERE = find_spec("pyarrow") is not None
N, EACH = 3000, 500  # rows, of a group
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 3))
GAPS = np.arange(N) // EACH == 2  # in the third group alone


def columns():
    """Return {name: values}: what a Parquet file may hold, gaps as None."""
    kinds = np.array(["red", "green", None, "blue"], object)
    found = {"id": np.arange(N), "a": X[:, 0], "big": 10**15 + np.arange(N) % 3}
    found["k"] = [None if gap else 10**16 + i % 3 for i, gap in enumerate(GAPS)]
    found["colour"] = kinds[np.arange(N) % 4]
    found["yes"] = [None if i == 40 else i % 7 > 2 for i in range(N)]
    found["day"] = pandas.date_range("2020-01-01", periods=N).to_numpy()
    found["y"] = X @ [1, 2, 3]
    return found


class StandIn:
    """What is used of pyarrow's ParquetFile, where there is no pyarrow."""

    frame = None

    def __init__(self, path):
        facts = Facts(num_row_groups=N // EACH, num_columns=len(self.frame.columns))
        facts.row_group = self.facts
        self.metadata = facts
        empty = self.typed(self.frame[: 2 * EACH])[:0]  # k of integers, without gaps
        table = Facts(to_pandas=lambda: empty)
        names = list(self.frame.columns)
        self.schema_arrow = Facts(names=names, empty_table=lambda: table)

    @staticmethod
    def typed(frame):
        whole = ["k"] if not frame["k"].isna().any() else []
        return frame.astype({name: np.int64 for name in whole})

    def facts(self, i):
        rows = self.frame[i * EACH : (i + 1) * EACH]
        found = [Facts(path_in_schema=name, statistics=Facts(
            has_null_count=True, null_count=int(rows[name].isna().sum())))
            for name in rows]  # fmt: skip
        return Facts(num_rows=len(rows), column=found.__getitem__)

    def read_row_group(self, i):
        rows = self.typed(self.frame[i * EACH : (i + 1) * EACH])
        return Facts(to_pandas=lambda: rows)


@pytest.fixture(params=["stand-in", "pyarrow"] if HERE else ["stand-in"])
def write(request, tmp_path, monkeypatch):
    """Return a function that writes columns as a Parquet file, and returns its path."""
    monkeypatch.setattr(sharing, "LEAST", 1)
    path = str(tmp_path / "a.parquet")
    if request.param == "pyarrow":
        import pyarrow
        from pyarrow import parquet

        def write(columns):
            parquet.write_table(pyarrow.table(columns), path, row_group_size=EACH)
            return path

    else:

        def write(columns):
            frame = pandas.DataFrame(columns)
            frame["k"] = frame["k"].astype(np.float64)
            (tmp_path / "a.parquet").write_bytes(b"for its size")
            monkeypatch.setattr(StandIn, "frame", frame)
            monkeypatch.setattr(pandas, "read_parquet", lambda path: frame)
            return path

        own = types.ModuleType("pyarrow.parquet")
        own.ParquetFile = StandIn
        monkeypatch.setitem(sys.modules, "pyarrow", types.ModuleType("pyarrow"))
        monkeypatch.setitem(sys.modules, "pyarrow.parquet", own)
    return write


@pytest.fixture
def shares(monkeypatch):
    """Return a list of what is shared: the first row's number of each part."""
    found, plain = [], sharing.Sharing.read

    def read(self):
        share = plain(self)
        found.append(share.first)
        return share

    monkeypatch.setattr(sharing.Sharing, "read", read)
    return found


def parts_of(size, path, **told):
    options = {"keep": lambda n: np.ones(n, bool), **told}
    return together(
        size, lambda each: tabular.read_csv(path, "y", everyone=each, **options)
    )


KINDS = {
    "all": {},
    "numbers": {"features": ["a", "k", "big"]},
    "strict": {"features": ["a", "big"], "strict": True},
    "categories": {"features": ["a", "k", "big"], "categories": ["k", "big"]},
    "left out": {"leave_out": ["k", "colour"]},
}


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("told", KINDS.values(), ids=KINDS)
def test_parts_are_the_whole_table(write, shares, told, size):
    path = write(columns())
    whole = tabular.read_csv(path, "y", **told)
    parts = parts_of(size, path, **told)
    assert len(shares) == size, "it was not shared"
    assert np.array_equal(np.concatenate([p.values for p in parts]), whole.values)
    counts = [len(part.values) for part in parts]
    assert [p.first for p in parts] == [sum(counts[:i]) for i in range(size)]
    for part in parts:
        assert part.plan == whole.plan and part.rows == len(whole.values)
        assert part.sha256 == tabular.fingerprint(whole.values)
        assert part.places([7]) == whole.places([7 + part.first])


def test_each_reads_its_own_groups(write, shares, monkeypatch):
    path, read = write(columns()), []
    from pyarrow.parquet import ParquetFile

    plain = ParquetFile.read_row_group

    def counted(self, i):
        read.append(i)
        return plain(self, i)

    monkeypatch.setattr(ParquetFile, "read_row_group", counted)
    parts_of(3, path, **KINDS["numbers"])
    assert sorted(read) == list(range(N // EACH)) and shares


@pytest.mark.parametrize("counts, wanted", [
    ([5, 5, 5, 5], [range(0, 2), range(2, 4)]),
    ([9, 1, 1, 1], [range(0, 1), range(1, 4)]),
    ([1, 1, 1, 9], [range(0, 3), range(3, 4)]),
    ([1, 9], [range(0, 1), range(1, 2)]),
    ([20], None),
], ids=str)  # fmt: skip
def test_groups_are_parted_evenly(counts, wanted):
    assert groups.parted(counts, 2) == wanted


def test_more_workers_than_groups_read_all(write, shares):
    path = write(columns())
    parts = parts_of(7, path)
    assert not shares and {len(part.values) for part in parts} == {parts[0].rows}


def test_fault_is_told_as_by_one(write, shares):
    found = columns()
    found["a"] = np.where(np.arange(N) == N - 5, 1e39, found["a"])  # no float32
    path = write(found)
    with pytest.raises(InputError, match="row %d.*1e.39" % (N - 3)) as alone:
        tabular.read_csv(path, "y")

    def call(everyone):
        with pytest.raises(InputError) as caught:
            tabular.read_csv(path, "y", keep=np.ones, everyone=everyone)
        return str(caught.value)

    assert together(2, call) == [str(alone.value)] * 2 and not shares


@pytest.mark.parametrize("odd", ["nested", "pandas", "unknown", "damaged"] if HERE
                         else ["unusual"])  # fmt: skip
def test_unusual_files_are_read_by_each(odd, tmp_path, monkeypatch, shares):
    arrow = pytest.importorskip("pyarrow", reason="NOT TESTED: needs pyarrow")
    from pyarrow import parquet

    monkeypatch.setattr(sharing, "LEAST", 1)
    path, told = str(tmp_path / "a.parquet"), {"row_group_size": EACH}
    found = {"a": X[:, 0], "b": X[:, 1] > 0, "k": np.arange(N), "y": X[:, 2]}
    if odd == "nested":
        found["n"] = [{"p": i, "q": 2} for i in range(N)]
    if odd == "pandas":
        frame = pandas.DataFrame(found)
        frame["k"] = frame["k"].astype("Int64")
        frame.to_parquet(path, index=False, **told)
    else:
        told["write_statistics"] = odd != "unknown"
        parquet.write_table(arrow.table(found), path, **told)
    if odd == "damaged":
        with open(path, "r+b") as file:
            file.seek(4)  # behind the file's mark: how the first page is packed
            file.write(b"\xff" * 2000)

    def call(everyone):
        try:
            keep = {"keep": lambda n: np.ones(n, bool), "everyone": everyone}
            return tabular.read_csv(path, "y", **keep).sha256
        except InputError as error:
            return str(error).split(":")[:2]

    try:
        wanted = tabular.fingerprint(tabular.read_csv(path, "y").values)
    except InputError as error:
        wanted = str(error).split(":")[:2]
    assert together(2, call) == [wanted] * 2 and not shares
    assert (odd == "damaged") == ("cannot be read" in str(wanted))
