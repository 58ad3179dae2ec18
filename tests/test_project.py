"""The frame: finding an interpreter, setting up once, what the metadata promises."""

import os
import re
import shutil
import stat
import subprocess
import sys

import pytest
from conftest import ROOT

FIND = ROOT / ".ci" / "find-python"
HERE = "%d.%d" % sys.version_info[:2]
needs_sh = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


@pytest.fixture
def find(tmp_path):
    """Run find-python where PATH has only ``programs`` and pyenv is empty."""

    def call(*args, **programs):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, text in programs.items():
            file = folder / name.replace("_", ".")
            file.write_text("#!/bin/sh\n%s\n" % text)
            file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return subprocess.run(
            ["/bin/sh", str(FIND), *args],
            env={"PATH": str(folder), "PYENV_ROOT": str(tmp_path / "pyenv")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )

    return call


REAL = 'exec "%s" "$@"' % sys.executable


@needs_sh
def test_python_on_path_found(find):
    result = find(python3=REAL)
    assert result.returncode == 0 and os.path.exists(result.stdout.strip())


@needs_sh
def test_dead_shim_is_passed_over(find):
    shim = "echo 'pyenv: command not found' >&2; exit 127"
    result = find(**{"python3_12": shim, "python3_8": shim, "python": REAL})
    assert result.returncode == 0 and result.stderr == ""


@needs_sh
def test_no_python_says_what_was_found(find):
    old = 'case "$2" in *print*) echo 3.7.16;; *) exit 1;; esac'
    result = find(python3=old)
    (line,) = result.stderr.splitlines()
    assert result.returncode == 1 and "found 3.7.16" in line
    assert "3.8 to 3.12" in line and "apt-get install" in line


@needs_sh
def test_asked_version_or_nothing(find):
    other = "3.8" if HERE != "3.8" else "3.9"
    result = find(other, python3=REAL)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")


def test_numpy_2_is_excluded_everywhere():
    setup = (ROOT / "setup.cfg").read_text()
    assert "numpy >=1.19,<2" in setup and "python_requires = >=3.8,<3.13" in setup
    pins = re.findall(r"^numpy==(\d+)", (ROOT / "requirements.txt").read_text(), re.M)
    assert set(pins) == {"1"}


# Not everybody's set-up waits for fifty packages more, that only make notebook
# installs, for an engine of 55 MB, or for one of a format of 1997.
NOT_PINNED = {"jupyterlab", "pyarrow", "xlrd", "playwright", "axe-playwright-python"}


def test_requirements_cover_extras():
    setup = (ROOT / "setup.cfg").read_text()
    options = setup.split("install_requires")[1].split("[tool")[0]
    wanted = re.findall(r"^    (\w[\w-]*)", options, re.M)
    pinned = (ROOT / "requirements.txt").read_text()
    missing = {
        name for name in wanted if not re.search("(?i)^%s==" % name, pinned, re.M)
    }
    assert len(wanted) >= 6 and missing == NOT_PINNED and pinned.endswith("\n-e .\n")


def test_package_import_is_light(run):
    code = "import sys, linreg_gluon; print(*sys.modules)"
    loaded = set(run("python", "-c", code).stdout.split())
    assert "linreg_gluon" in loaded
    assert not loaded & {"numpy", "mxnet", "matplotlib", "pandas", "tqdm", "argparse"}


STARTED = """
import runpy, sys
sys.path.insert(0, "scripts")
sys.argv = ["train_fused.py"]
try:
    runpy.run_path("scripts/train_fused.py", run_name="__main__")
finally:
    print(*sys.modules)
"""


def test_lectures_run_imports_what_it_uses(run):
    result = run("python", "-c", STARTED)
    assert result.returncode == 0, result.stderr
    loaded = set(result.stdout.splitlines()[-1].split())
    assert "linreg_gluon.fused.tree" in loaded
    reading = {"linreg_gluon.tabular." + each for each in ("deciding", "merging")}
    assert not loaded & {*reading, "mxnet", "matplotlib", "pandas", "scipy", "jinja2"}


WRONG_PYTHON = [
    ("/no/such/python", "no Python runs under that name"),
    ("/bin/true", "is no Python"),
]


@needs_sh
@pytest.mark.parametrize("name, text", WRONG_PYTHON)
def test_named_python_is_checked(find, name, text):
    result = find(name)
    (line,) = result.stderr.splitlines()
    assert result.returncode == 1 and text in line and result.stdout == ""


@needs_sh
def test_named_python_of_another_version_is_refused(find, tmp_path):
    new = tmp_path / "new"
    new.write_text("#!/bin/sh\necho 3.13\n")
    new.chmod(0o755)
    result = find(str(new))
    assert result.returncode == 1 and "is Python 3.13, and MXNet" in result.stderr
    assert find_again(find, tmp_path).stdout.strip() == sys.executable


def find_again(find, tmp_path):
    (tmp_path / "bin").rename(tmp_path / "old")
    return find(sys.executable)


@needs_sh
def test_bare_make_lists_what_there_is(run):
    text = run("make", "--no-print-directory").stdout
    assert text == run("make", "--no-print-directory", "help").stdout
    for name in ("lecture", "test", "matrix", "bench", "docs", "PYTHON="):
        assert name in text


@needs_sh
@pytest.mark.parametrize("name, kept", [("/bin/false", True), (sys.executable, False)])
def test_make_sets_up_with_the_python_asked_for(run, tmp_path, name, kept):
    shutil.copy(str(ROOT / "Makefile"), str(tmp_path))
    shutil.copytree(str(ROOT / ".ci"), str(tmp_path / ".ci"))
    ready = tmp_path / ".venv" / "ready"
    ready.parent.mkdir()
    ready.write_text("")
    done = run("make", "-n", "PYTHON=" + name, "clean", cwd=tmp_path)
    assert ready.exists() == kept == ("cannot be used" in done.stderr)


@needs_sh
def test_script_names_the_environment_beside_it(run, tmp_path):
    own = tmp_path / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text("")
    (tmp_path / "scripts").mkdir()
    for name in ("_door.py", "train_fused.py"):
        text = (ROOT / "scripts" / name).read_text()
        (tmp_path / "scripts" / name).write_text(text)
    hidden = tmp_path / "site"
    hidden.mkdir()
    hide = "import sys; sys.modules['linreg_gluon'] = None"
    (hidden / "sitecustomize.py").write_text(hide)
    env = {"PYTHONPATH": str(hidden)}
    done = run("python", "scripts/train_fused.py", cwd=tmp_path, env=env)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2 and ".venv/bin/python scripts/train_fused.py" in line
    assert ". .venv/bin/activate" in line
