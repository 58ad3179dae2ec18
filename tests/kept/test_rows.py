"""Rows on disk: they need no name, a full disk is one line, what is kept is whole."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import ROOT

from linreg_gluon.kept import OnDisk
from linreg_gluon.kept import rows as room
from linreg_gluon.theory import ALONE


class Second:
    rank, size = 1, 3


@pytest.fixture
def csv(tmp_path):
    """A file of 20000 rows of x, z and y = 1 + 2 x - z + noise."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20000, 2))
    y = 1 + X @ [2, -1] + 0.1 * rng.standard_normal(20000)
    file = tmp_path / "in" / "a.csv"
    file.parent.mkdir()
    told = {"header": "x,z,y", "comments": "", "delimiter": ",", "fmt": "%.6f"}
    np.savetxt(str(file), np.column_stack([X, y]), **told)
    return file


def test_array_is_on_disk_without_a_name(tmp_path):
    rows = OnDisk(str(tmp_path / "m"))
    array = rows.empty((5, 3), np.float32)
    array[:] = np.arange(15).reshape(5, 3)
    assert isinstance(array, np.memmap) and array.dtype == np.float32
    assert array[4, 2] == 14 and os.listdir(str(tmp_path)) == []
    assert rows.empty((0, 3)).shape == (0, 3)


@pytest.mark.parametrize("number", [None, errno.EOPNOTSUPP, errno.EINVAL])
def test_room_is_taken_where_the_system_cannot(tmp_path, monkeypatch, number):
    def unknown(*_):
        raise OSError(number, "no such thing")

    if number is None:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    else:
        monkeypatch.setattr(os, "posix_fallocate", unknown, raising=False)
    monkeypatch.setattr(room, "PART", 7)
    with open(str(tmp_path / "a"), "wb") as file:
        room.reserve(file, 20)
        assert file.tell() == 0 and os.path.getsize(file.name) == 20
    assert OnDisk(str(tmp_path / "m")).empty((4, 5)).shape == (4, 5)


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_full_disk_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "reserve", full)
    rows = OnDisk(str(tmp_path / "m"), kept=True)
    (tmp_path / "m.rows.npy").write_text("before")
    for work in (lambda: rows.empty((1000, 5)), lambda: rows.keep(np.ones(9), ALONE)):
        with pytest.raises(OSError, match="No space left on device; make room"):
            work()
    assert os.listdir(str(tmp_path)) == ["m.rows.npy"]
    assert (tmp_path / "m.rows.npy").read_text() == "before"


def test_kept_rows_take_the_place_of_others(tmp_path):
    values = np.random.default_rng(0).standard_normal((7, 3))
    (tmp_path / "m.rows.npy").write_text("an earlier run's")
    (tmp_path / ".m.rows.npy.new").write_text("of a run that was killed " * 50)
    rows = OnDisk(str(tmp_path / "m"), kept=True)
    rows.keep(values, ALONE)
    rows.keep(values[:2], Second)
    wanted = ["m.rows-1-of-3.npy", "m.rows.npy"]
    assert sorted(os.listdir(str(tmp_path))) == wanted
    assert np.array_equal(np.load(str(tmp_path / "m.rows.npy")), values)
    assert np.array_equal(np.load(str(tmp_path / "m.rows-1-of-3.npy")), values[:2])
    OnDisk(str(tmp_path / "n")).keep(values, ALONE)  # they are not to be kept
    assert sorted(os.listdir(str(tmp_path))) == wanted


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.path.insert(0, "scripts")
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""  # a file of more bytes cannot be written: the nearest that everybody can have


def command(csv, *flags):
    told = ["--csv", csv, "--target", "y", "--out-of-core", "--quiet", *flags]
    return ["scripts/train_fused.py", *map(str, told)]


def test_full_disk_is_one_line(run, csv, tmp_path):
    flags = ["--epochs", 2, "--save-prefix", tmp_path / "m", "--keep"]
    done = run("python", "-c", LIMITED, *command(csv, *flags))
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1 and "0.48 MB of rows cannot be written" in line
    assert os.listdir(str(tmp_path)) == ["in"]


def mounted(folder):
    """Mount a disk of 1 MB at a folder; return whether that can be had here."""
    line = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    return bool(shutil.which("mount")) and not subprocess.call(
        line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.slow
@pytest.mark.parametrize("flags", [[], ["--keep"]], ids=["", "keep"])
def test_disk_that_is_full_is_one_line(run, csv, tmp_path, flags):
    disk = tmp_path / "disk"
    disk.mkdir()
    if not mounted(disk):
        pytest.skip("NOT TESTED on a full disk: needs root, to mount a small one")
    try:
        (disk / "filling").write_bytes(bytes(200_000 if flags else 600_000))
        flags = ["--epochs", 2, "--save-prefix", disk / "m", *flags]
        done = run("python", *command(csv, *flags))
        (line,) = done.stderr.splitlines()
        assert done.returncode == 1 and "make room" in line
        assert os.listdir(str(disk)) == ["filling"]
    finally:
        subprocess.check_call(["umount", str(disk)])


@pytest.mark.parametrize(
    "number, status", [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGKILL, -9)]
)
def test_nothing_is_left_however_it_ends(csv, tmp_path, number, status):
    flags = ["--epochs", 10**6, "--save-prefix", tmp_path / "m", "--save-interval", 1]
    words = [sys.executable, *command(csv, *flags)]
    running = subprocess.Popen(words, cwd=str(ROOT), stderr=subprocess.PIPE)
    until = time.monotonic() + 300
    while not (tmp_path / "m.json").exists() and time.monotonic() < until:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(number)
    running.communicate(timeout=300)
    assert running.returncode == status
    left = {name for name in os.listdir(str(tmp_path)) if "lock" not in name}
    models = "m.json", "m.params", ".m.json.new", ".m.params.new"
    assert left - {*models} == {"in"}
