"""Files made to hang a reader: each ends soon and in bounded memory, or in one line.

Time is not asserted, which a busy machine would not keep: a child process may use so
many seconds of the processor, 2 for each 10 MB unpacked above what starting took, or is stopped.
"""

import gzip
import os
import subprocess
import sys

import pytest
from conftest import ROOT

MB = 1 << 20
READ = """
import resource, sys
from linreg_gluon import tabular
from linreg_gluon.config import InputError
from linreg_gluon.tabular import reading
import pandas
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
seconds = int(float(sys.argv[3]) + 1 + resource.getrusage(resource.RUSAGE_SELF).ru_utime)
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
numbers = 0
try:
    table = tabular.read_csv(sys.argv[1], sys.argv[2])
    numbers = table.values.nbytes
    print("read", table.values.shape)
except InputError as error:
    print("refused", error)
print(peak() - before - numbers)
"""


def columns(count, cell, rows, name="c%d"):
    names = ",".join(name % i if "%" in name else name for i in range(count - 1))
    row = ",".join([cell] * count) + "\n"
    return (names + ",y\n" + row * rows).encode()


# name: (bytes, the beginning of what comes out)
HOSTILE = {
    "digits": lambda: b"x,y\n" + b"1,2\n2,5\n" * 9 + b"1" * 100_000 + b"a,3\n",
    "ten million digits": lambda: b"x,y\n" + b"1,2\n2,5\n" * 9 + b"1" * 10 * MB + b"a,3\n",
    "20,000 columns": lambda: columns(20_000, "1.5", 3),
    "100,000 columns": lambda: columns(100_000, "1.5", 3),
    "100,000 alike": lambda: columns(100_000, "1.5", 3, "c"),
    "100,000 of text": lambda: columns(100_000, "ab", 3),
    "no line ends": lambda: b"x,y\n1,2\n" + b"7" * 20 * MB,
    "open quote": lambda: b'x,y\n1,2\n"3,4\n' + b"5,6\n" * (10 * MB // 4),
    "late open quote": lambda: b"x,y\n" + b"5,6\n" * (10 * MB // 4) + b'1,"2\n',
    "only quotes": lambda: b'"' * 10 * MB,
    "quotes in quotes": lambda: b"x,y\n" + b'"""""",1\n' * MB,
    "blank lines": lambda: b"x,y\n1,2\n2,3\n3,5\n" + b"\n" * 10 * MB,
    "only comments": lambda: b"#\n" * (5 * MB),
    "only commas": lambda: b"x,y\n" + b",\n" * (5 * MB),
    "short rows": lambda: b"x,y\n" + b"5,6\n7,8\n9,1\n" * (10 * MB // 12),
    "short texts": lambda: b"x,y\n" + b"a,6\nb,8\nc,1\n" * (10 * MB // 12),
    "one word": lambda: b"y\n" + b"a\n" * (5 * MB),
}
SAYS = {
    "digits": "refused",
    "ten million digits": "refused",
    "blank lines": "read (3, 2)",
    "short rows": "read (",
    "short texts": "read (",
}


def child(path, target, size):
    """Read a file in a process that is stopped after ten times its share of seconds.

    2 s of CPU for 10 MB are wanted; ten times that is a guard against what grows with
    the square of a file, and no timing of a machine.
    """
    share = str(20 * size / (10 * MB))
    command = [sys.executable, "-c", READ, str(path), target, share]
    done = subprocess.run(
        command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    said, extra = done.stdout.splitlines()
    assert int(extra) < 250 * MB
    return said


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_ends_soon_and_small(name, tmp_path):
    content = HOSTILE[name]()
    (tmp_path / "hostile.csv").write_bytes(content)
    said = child(tmp_path / "hostile.csv", "y", max(len(content), 10 * MB))
    assert said.startswith(SAYS.get(name, "refused"))


def unpacking_to(path, part, times, head=b""):
    """Write a gzip file of parts that are all alike."""
    with gzip.open(str(path), "wb", 6) as file:
        file.write(head)
        for _ in range(times):
            file.write(part)


@pytest.mark.slow
def test_two_gigabytes_of_zeros(tmp_path):
    unpacking_to(tmp_path / "zeros.csv.gz", bytes(16 * MB), 125)
    assert "NUL byte" in child(tmp_path / "zeros.csv.gz", "y", 10 * MB)


@pytest.mark.slow
def test_eight_million_short_rows(tmp_path):
    rows = b"0,1\n1,3\n2,4\n3,7\n" * (MB // 4)
    unpacking_to(tmp_path / "rows.csv.gz", rows, 8, b"x,y\n")
    said = child(tmp_path / "rows.csv.gz", "y", 8 * len(rows))
    assert said == "read (%d, 2)" % (8 * MB)


def test_digits_in_a_cell_are_not_tried_twice(tmp_path):
    file = tmp_path / "digits.csv"
    file.write_bytes(HOSTILE["digits"]())
    said = child(file, "y", 10 * MB)
    assert "is no number" in said and len(said) < 400


@pytest.mark.parametrize("name", ["100,000 columns", "100,000 alike"])
def test_many_columns_are_refused_at_once(name, tmp_path):
    file = tmp_path / "wide.csv"
    file.write_bytes(HOSTILE[name]())
    assert "3 rows are too few for 99999 features" in child(file, "y", 10 * MB)

