"""A CSV file's numbers arrive exactly, or one line says where the fault is."""

import gzip

import numpy as np
import pandas
import pytest

from linreg_gluon.tabular import texts
from linreg_gluon.config import InputError
from linreg_gluon.tabular.fingerprints import fingerprint
from linreg_gluon.tabular.records import AHEAD
from linreg_gluon.tabular import read_csv

PLAIN = b"a,b,y\n1,2,3\n-4.5,5e-3,6\n7,8,.9\n1,1,1\n"
VALUES = [[1, 2, 3], [-4.5, 0.005, 6], [7, 8, 0.9], [1, 1, 1]]


@pytest.fixture
def read(tmp_path):
    """Write bytes to a file and read it as a Table; the target is y."""

    def call(content, features=None, name="data.csv", target="y", **options):
        file = tmp_path / name
        file.write_bytes(content)
        return read_csv(str(file), target, features, **options)

    return call


FORMS = {
    "plain": PLAIN,
    "tabs": PLAIN.replace(b",", b"\t"),
    "semicolons": PLAIN.replace(b",", b";"),
    "crlf": PLAIN.replace(b"\n", b"\r\n"),
    "cr": PLAIN.replace(b"\n", b"\r"),
    "cr-in-between": PLAIN.replace(b"9\n", b"9\r"),
    "utf-16": PLAIN.decode().encode("utf-16"),
    "latin-1": PLAIN.replace(b"a,b,y", b"a,b,y,\xe9").replace(b"\n", b",\n").replace(b"\xe9,", b"\xe9"),
    "bom": b"\xef\xbb\xbf" + PLAIN,
    "no-last-newline": PLAIN.rstrip(),
    "blank-lines": b"\n" + PLAIN.replace(b"\n", b"\n\n"),
    "quotes": b'"a","b","y"\n"1",2,"3"\n-4.5,"5e-3",6\n7,8,.9\n1,1,1\n',
    "spaces": PLAIN.replace(b"1,", b" 1 ,"),
    "text-elsewhere": b'a,b,y,s\n1,2,3,\n-4.5,5e-3,6,"x,\ny"\n7,8,.9,z\n1,1,1,\n',
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_reads_alike(read, form):
    table = read(FORMS[form], ["a", "b"])
    assert table.values.tolist() == VALUES
    assert (table.names, table.target) == (("a", "b"), "y")


def test_gzip_is_unpacked(read):
    assert read(gzip.compress(PLAIN), name="data.csv.gz").values.tolist() == VALUES


def test_columns_in_order_asked(read):
    table = read(PLAIN, ["y", "a"], target="b")
    assert table.features.tolist() == [row[::-2] for row in VALUES]
    assert table.labels.tolist() == [row[1] for row in VALUES]


def test_names_hold_anything(read):
    table = read('"x, ""m""",y,价格\n1,2,3\n3,4,5\n5,7,8\n'.encode(), target="价格")
    assert table.names == ('x, "m"', "y") and table.target == "价格"


def test_numbers_are_exact(read):
    values = (
        np.random.default_rng(0).standard_normal((100, 2))
        * 10.0 ** np.arange(100)[:, None]
        / 1e70
    )
    rows = "".join("%r,%r\n" % tuple(row) for row in values.tolist())
    table = read(b"a,y\n" + rows.encode())
    assert np.array_equal(table.values, values)  # float() itself, to the last bit


def test_blocks_join(read, monkeypatch):
    monkeypatch.setattr(texts, "BLOCK", 3)
    rows, seen = np.arange(20.0).reshape(10, 2), []
    content = b"a,y\n" + "".join("%g,%g\n" % tuple(row) for row in rows).encode()
    found = read(content, on_rows=lambda *args: seen.append(args))
    assert np.array_equal(found.values, rows)
    assert seen == [(3, 11), (6, 11), (9, 11), (10, 11)]


def test_fault_in_later_block(read, monkeypatch):
    monkeypatch.setattr(texts, "BLOCK", 3)
    with pytest.raises(InputError, match="line 9, column 'y': the cell is empty"):
        read(b"a,y\n" + b"1,2\n" * 7 + b"1,\n", strict=True)


# (what the file holds, what the one line must name); the target is y
BAD = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n", "is empty"),
    "header only": (b"a,y\n", "header but no rows"),
    "no such column": (b"a,z\n1,2\n", "no column 'y' among a, z"),
    "only the target": (b"y\n1\n2\n", "no column besides the target 'y'"),
    "repeated column": (b"a,a,y\n1,2,3\n", "line 1: two columns are named 'a'"),
    "nameless column": (b"a,,y\n1,2,3\n", "line 1: column 2 has no name"),
    "text": (b"a,y\n1,2\nred,3\n", "line 3, column 'a': 'red' is not a number"),
    "booleans": (b"a,y\nTrue,2\nFalse,3\n", "line 2, column 'a': 'True' is not a"),
    "hexadecimal": (b"a,y\n1,2\n0x10,3\n", "line 3, column 'a': '0x10' is not a"),
    "underscore": (b"a,y\n1,2\n1_0,3\n", "line 3, column 'a': '1_0' is not a"),
    "decimal comma": (b"a;y\n1;2\n2,5;3\n", "'2,5' is not a number; write 1.5"),
    "other digits": ("a,y\n1,2\n٣,4\n".encode(), "line 3, column 'a': '٣' is not"),
    "nan": (b"a,y\n1,2\n3,nan\n", "line 3, column 'y': 'nan' is not a finite number"),
    "NA": (b"a,y\n1,2\n3,NA\n", "line 3, column 'y': 'NA' is not a finite number"),
    "inf": (b"a,y\n-inf,2\n3,4\n", "line 2, column 'a': '-inf' is not a finite"),
    "empty cell": (b"a,y\n1,2\n,4\n", "line 3, column 'a': the cell is empty"),
    "empty, late": (b"a,y\n1,2\n\n\n,4\n", "line 5, column 'a': the cell is empty"),
    "short row": (b"a,y,s\n1,2,3\n3,4\n", "line 3: 2 cells, but the header has 3"),
    "long row": (b"a,y\n1,2\n3,4,5\n", "line 3: 3 cells, but the header has 2"),
    "all rows long": (b"a,y\n1,2,3\n3,4,5\n", "line 2: 3 cells, but the header has 2"),
    "too large": (b"a,y\n1,2\n1e39,4\n", "line 3, column 'a': 1e39 is too large"),
    "too few rows": (b"a,b,y\n1,2,3\n4,5,6\n", "2 rows are too few for 2 features"),
    "open quote": (b'a,y\n1,2\n"3,4\n', "line 3: not valid CSV"),
    "nul": (b"a,y\n1,2\n3\0,4\n", "holds a NUL byte"),
}


@pytest.mark.parametrize("fault", BAD)
def test_fault_is_named(read, tmp_path, fault):
    content, text = BAD[fault]
    with pytest.raises(InputError) as caught:
        read(content, strict=True)
    line = str(caught.value)
    assert text in line and "\n" not in line
    assert line.startswith(str(tmp_path / "data.csv"))


def test_short_row_in_text_is_noticed(read):
    with pytest.raises(InputError, match="line 3: 2 cells, but the header has 3"):
        read(b"a,y,s\n1,2,x\n3,4\n5,6,x\n", ["a"])


def test_large_file_may_have_gaps(read):
    # Only an open quote reads so far ahead that the file would be swallowed.
    long = b"x" * 4000
    rows = b"".join(b"%d,%s,%d\n" % (i, long, i % 7) for i in range(AHEAD // 4000 + 9))
    data = read(b"a,text,y\n" + rows + b"3,x,\n4,x,6\n", ["a"])
    assert data.plan.gaps == (("y", 1),)
    last = len(data.values) - 1
    assert data.places([last]) == ["line %d" % (last + 3)]


def test_end_of_memory_is_no_fault_of_the_file(read, monkeypatch):
    def failing(*_, **__):
        raise pandas.errors.ParserError("C error: out of memory")

    monkeypatch.setattr(pandas, "read_csv", failing)
    with pytest.raises(MemoryError, match="memory ends, reading it"):
        read(PLAIN)


def test_asked_twice_is_refused(read):
    with pytest.raises(InputError, match="column 'y' is asked for twice"):
        read(PLAIN, ["a", "y"])


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(PLAIN)[:-9]], ids=["no gzip", "cut short"]
)
def test_damaged_gzip_is_refused(read, content):
    with pytest.raises(InputError, match="data.csv.gz: cannot be read: a damaged gzip"):
        read(content, name="data.csv.gz")


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_unreadable_path_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="cannot be read: (No such file|Is a dir)"):
        read_csv(str(tmp_path / name), "y")


def test_float64_holds_more(read):
    content = b"a,y\n1,2\n1e39,4\n"
    assert read(content, dtype="float64").values.max() == 1e39
    with pytest.raises(InputError, match="1e309 is too large"):
        read(content.replace(b"39", b"309"), dtype="float64")


def test_missing_pandas_says_install(run, tmp_path):
    file = tmp_path / "data.csv"
    file.write_bytes(PLAIN)
    code = "import sys; sys.modules['pandas'] = None; import linreg_gluon.tabular.table as t\n"
    result = run("python", "-c", code + "t.read_csv(%r, 'y')" % str(file))
    assert 'type  pip install pandas "numpy<2"' in result.stderr


def test_part_is_of_the_whole(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("x,y\n" + "".join("%d,%d\n" % (i, i * i) for i in range(50)))
    whole, told = read_csv(str(file), "y"), []

    def keep(n):
        told.append(n)
        return np.arange(n) % 3 == 1

    part = read_csv(str(file), "y", keep=keep)
    assert told == [50] and np.array_equal(part.values, whole.values[1::3])
    assert (part.rows, part.sha256) == (50, fingerprint(whole.values))
