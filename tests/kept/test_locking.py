"""Several runs that save under one prefix: one writer at a time, whole for readers."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import ROOT

from linreg_gluon import Config, Fit
from linreg_gluon.kept import Model, Units, load, locking, save

WRITER = """
import sys, numpy as np
from linreg_gluon import Config, Fit
from linreg_gluon.kept import Model, Units, save
prefix, who, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for i in range(times):
    fit = Fit(np.array([who, i % 3], np.float32), float(who))
    save(prefix, Model(fit, Config(), ("a", "b", "y"), Units.own(2)))
"""
READER = """
import sys
from linreg_gluon.kept import load
prefix, count = sys.argv[1], 0
while sys.stdin.readline() == "more\\n":
    for _ in range(20):
        fit = load(prefix).fit
        assert fit.w[0] == fit.b and fit.w[1] in (0, 1, 2)
        count += 1
print(count)
"""


def made(b=1.0):
    fit = Fit(np.array([b, 0], np.float32), b)
    return Model(fit, Config(), ("a", "b", "y"), Units.own(2))


def child(code, *args):
    pipe = subprocess.PIPE
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, args)]
    return subprocess.Popen(
        command, cwd=str(ROOT), stdin=pipe, stdout=pipe, universal_newlines=True
    )


@pytest.mark.parametrize("times", [25, pytest.param(5000, marks=pytest.mark.slow)])
def test_writers_and_readers_together(tmp_path, times):
    prefix = str(tmp_path / "m")
    save(prefix, made(0.0))
    writers = [child(WRITER, prefix, who, times) for who in range(4)]
    readers = [child(READER, prefix) for _ in range(2)]
    while any(writer.poll() is None for writer in writers):
        for reader in readers:
            reader.stdin.write("more\n")
            reader.stdin.flush()
        time.sleep(0.02)
    counts = [int(reader.communicate("stop\n")[0]) for reader in readers]
    assert [writer.wait() for writer in writers] == [0] * 4 and min(counts) > 0
    for each in writers:
        each.communicate()
    assert sorted(os.listdir(str(tmp_path))) == ["m.json", "m.params"]


HOLDER = """
import sys
from linreg_gluon.kept.locking import locked
with locked(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_holder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(locking, "PATIENCE", 0.2)
    prefix = str(tmp_path / "m")
    holder = child(HOLDER, prefix)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(OSError, match="process %d has been writing" % holder.pid):
        save(prefix, made())
    assert not os.path.exists(prefix + ".json")
    holder.communicate("\n")
    save(prefix, made())
    assert load(prefix).fit.b == 1


def test_lock_of_a_killed_process_is_free(tmp_path):
    prefix = str(tmp_path / "m")
    holder = child(HOLDER, prefix)
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    assert os.path.exists(locking.lock_file(prefix))
    save(prefix, made())
    assert sorted(os.listdir(str(tmp_path))) == ["m.json", "m.params"]


def test_loading_needs_no_right_to_write(tmp_path):
    prefix = str(tmp_path / "m")
    save(prefix, made())
    (tmp_path / "m.params").write_bytes(b"x")
    os.chmod(str(tmp_path), 0o500)
    try:
        with pytest.raises(ValueError, match="is damaged, or not what"):
            load(prefix)
    finally:
        os.chmod(str(tmp_path), 0o700)
