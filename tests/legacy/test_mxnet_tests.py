"""The runner of MXNet's own tests, on a checkout that these tests make up."""

import json
import shutil
import sys

import mxnet_running
import pytest
from conftest import ROOT

HERE = ROOT / "tests" / "legacy"
TESTS = {
    "test_good.py": """
import mxnet as mx, numpy as np
from nose.tools import assert_raises, ok_, raises
def test_arrays():
    ok_(np.array_equal(mx.nd.ones(2), mx.nd.ones(2)))
@raises(ValueError)
def test_raises():
    mx.nd.ones(2).asscalar()
""",
    "test_bad.py": """
import os
def test_dies():
    os._exit(9)
def test_after():
    pass
def test_fails():
    assert 1 == 2
""",
}


@pytest.fixture
def checked(run, tmp_path):
    """Run the runner, beside a reference in which all tests passed, and these apart."""

    def call(*files, apart=()):
        source = tmp_path / "source" / "tests" / "python" / "unittest"
        source.mkdir(parents=True)
        for name, text in TESTS.items():
            (source / name).write_text(text)
        for name in ("mxnet_tests.py", "mxnet_running.py", "mxnet_plugin.py"):
            shutil.copy(str(HERE / name), str(tmp_path))
        passed = {
            "test_good.py": ["test_arrays", "test_raises"],
            "test_bad.py": ["test_dies", "test_after", "test_fails"],
        }
        (tmp_path / "reference.json").write_text(json.dumps({"passed": passed}))
        (tmp_path / "apart.json").write_text(json.dumps(dict.fromkeys(apart, "why")))
        return again(*files)

    def again(*files):
        words = sys.executable, str(tmp_path / "mxnet_tests.py")
        return run(*words, str(tmp_path / "source"), *files)

    call.again = again
    return call


def test_all_as_in_reference(checked):
    result = checked("test_good.py")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "test_good.py: 2 of 2 passed" in result.stdout


def test_below_reference_fails_and_is_told(checked):
    result = checked("test_bad.py")
    assert result.returncode == 1
    assert "test_bad.py: 1 of 3 passed" in result.stdout
    below = "below the reference: test_bad.py::"
    assert below + "test_dies: ends the process (9)" in result.stdout
    assert below + "test_fails: " in result.stdout
    assert "1 tests passed, 2 below" in result.stdout


def test_what_stands_apart_is_no_loss(checked):
    apart = ["test_bad.py::test_dies", "test_bad.py::test_fails"]
    assert checked("test_bad.py", apart=apart).returncode == 0


def test_one_test_replaces_its_own_line_alone(checked, tmp_path):
    kept = tmp_path / "out" / "kept.json"  # a new folder
    checked("test_bad.py", "test_good.py", "--json", str(kept))
    before = json.loads(kept.read_text())["files"]
    assert before["test_good.py"] == {"tests": 2, "others": {}}
    dies = {"test_dies": "ends the process (9)", "test_fails": "assert 1 == 2"}
    assert before["test_bad.py"] == {"tests": 3, "others": dies}
    source = tmp_path / "source" / "tests" / "python" / "unittest" / "test_bad.py"
    source.write_text("def test_dies():\n    pass\n")
    result = checked.again("test_bad.py::test_dies", "--json", str(kept))
    assert result.returncode == 0 and "1 tests passed, 0 below" in result.stdout
    del dies["test_dies"]
    after = {**before, "test_bad.py": {"tests": 3, "others": dies}}
    assert json.loads(kept.read_text())["files"] == after


@pytest.mark.parametrize("code, status", [("input()", 1), ("while 1: pass", None)])
def test_what_hangs_is_stopped(monkeypatch, tmp_path, code, status):
    monkeypatch.setattr(mxnet_running, "LOOK", 1)
    monkeypatch.setattr(mxnet_running, "PATIENCE", 5 if status is None else 600)
    log = tmp_path / "log"
    log.touch()
    command = [sys.executable, "-c", code]
    assert mxnet_running.run_once(command, log, str(tmp_path)) == status


def test_other_folder_refused(run, tmp_path):
    result = run("python", HERE / "mxnet_tests.py", tmp_path)
    assert result.returncode == 2 and "1.9.1" in result.stderr


def test_reference_and_apart_agree():
    reference = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
    apart = json.loads((HERE / "apart.json").read_text(encoding="utf-8"))
    passed = reference["passed"].items()
    known = {f"{file}::{name}" for file, names in passed for name in names}
    assert len(known) > 800 and all(apart.values())
    too = {test for test, why in apart.items() if why.startswith("in the reference too")}
    assert set(apart) - too <= known and not too & known
