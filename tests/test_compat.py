"""Each cause that keeps MXNet from working is really provoked, in its own process."""

import sys

import pytest

IMPORT = "import linreg_gluon.compat"


@pytest.fixture
def imported(run, tmp_path):
    """Import compat in a process that sees ``files`` first on its path."""

    def call(files=None, code=IMPORT, flags=(), **env):
        for name, text in (files or {}).items():
            file = tmp_path / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        env["PYTHONPATH"] = str(tmp_path)
        return run("python", *flags, "-c", code, env=env)

    return call


def refusal(result):
    """Return the one ImportError line that a process died of."""
    assert result.returncode == 1, result.stderr
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: "), result.stderr
    return last


def test_import_is_silent(imported):
    result = imported(flags=["-W", "default"])
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_leaves_only_numpy_bool(imported):
    code = """if 1:
        import sys, warnings, numpy
        before, filters = dict(vars(numpy)), list(warnings.filters)
        had = {name for name in sys.modules if name.startswith("distutils")}
        import linreg_gluon.compat
        after = vars(numpy)
        assert all(after[name] is value for name, value in before.items())
        # Submodules that an import adds are NumPy's own doing.
        new = {n for n in set(after) - set(before) if n not in ("testing", "ma")}
        assert new <= {"bool"} | {n for n in new if hasattr(after[n], "__path__")}, new
        assert numpy.bool is bool
        assert {n for n in sys.modules if n.startswith("distutils")} == had
        assert warnings.filters == filters
    """
    result = imported(code=code)
    assert result.returncode == 0, result.stderr


def test_keeps_existing_numpy_bool(imported):
    code = "import numpy; numpy.bool = numpy.bool_; import linreg_gluon.compat"
    result = imported(code=code + "; assert numpy.bool is numpy.bool_")
    assert result.returncode == 0, result.stderr


def test_failed_import_takes_alias_back(imported):
    code = """if 1:
        import numpy
        before = "bool" in vars(numpy)
        try:
            import linreg_gluon.compat
        except ImportError as error:
            print(error)
        assert ("bool" in vars(numpy)) == before
    """
    result = imported({"mxnet/__init__.py": "raise RuntimeError('broken')"}, code)
    assert result.returncode == 0, result.stderr
    assert "RuntimeError: broken" in result.stdout and "mxnet==1.9.1" in result.stdout


def test_missing_mxnet_names_install(imported):
    files = {"sitecustomize.py": "import sys; sys.modules['mxnet'] = None"}
    # A module that is None in sys.modules cannot be found, as if not installed.
    line = refusal(imported(files))
    assert 'pip install "mxnet==1.9.1" "numpy<2"' in line


def test_other_mxnet_version_refused(imported):
    files = {"mxnet/__init__.py": "__version__ = '1.7.0.post2'"}
    line = refusal(imported(files))
    assert "1.7.0.post2" in line and "mxnet==1.9.1" in line


def test_numpy_2_refused(imported):
    line = refusal(imported({"numpy/__init__.py": "__version__ = '2.0.1'"}, DOOR))
    assert "NumPy 2.0.1" in line and 'pip install "numpy<2"' in line


# The package's own import needs a real NumPy: these two load the door alone.
DOOR = """if 1:
    import importlib.util, pathlib, sys
    package = importlib.util.find_spec("linreg_gluon").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("door", package + "/compat.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
"""


def test_python_3_13_refused(imported):
    site = "import sys, platform; sys.version_info = (3, 13, 0, 'final', 0)"
    site += "; platform.python_version = lambda: '3.13.0'"
    line = refusal(imported({"sitecustomize.py": site}, DOOR))
    assert "3.13.0" in line and "Python 3.8 to 3.12" in line


@pytest.mark.parametrize(
    "system, machine, remedy",
    [("Windows", "AMD64", "WSL"), ("Darwin", "arm64", "container")],
)
def test_platform_without_wheel_refused(imported, system, machine, remedy):
    site = "import platform; platform.system = lambda: %r" % system
    site += "; platform.machine = lambda: %r" % machine
    line = refusal(imported({"sitecustomize.py": site}))
    assert f"no wheel for {system} {machine}" in line and remedy in line


@pytest.mark.skipif(sys.platform != "linux", reason="needs the Linux loader")
@pytest.mark.parametrize("library", ["libgomp.so.1", "libquadmath.so.0"])
def test_unusable_library_names_package(imported, tmp_path, library):
    # The loader takes the first file of that name, and this one is empty.
    line = refusal(imported({library: ""}, LD_LIBRARY_PATH=str(tmp_path)))
    assert library in line and "apt-get install libgomp1 libquadmath0" in line


@pytest.mark.parametrize("role", ["server", "scheduler"])
def test_leftover_role_refused(imported, role):
    line = refusal(imported(DMLC_ROLE=role))
    assert f"DMLC_ROLE={role}" in line and "unset DMLC_ROLE" in line


def test_stripped_docstrings_refused(imported):
    assert "without -OO" in refusal(imported(flags=["-OO"]))


@pytest.mark.parametrize("first", ["pass", "import scipy.sparse, scipy.stats"])
def test_scipy_is_hidden_and_given_back(run, first):
    pytest.importorskip("scipy")
    code = (
        "%s\nfrom linreg_gluon.compat import mx; import numpy, scipy.sparse\n" % first
    )
    code += "mx.nd.array(numpy.ones(2)); print(scipy.sparse.eye(2).nnz)"
    result = run("python", "-W", "always::DeprecationWarning", "-c", code)
    assert (result.stdout, result.stderr) == ("2\n", "")


def test_collections_pass_over_mxnet(imported):
    # 51,000 to 53,000, NumPy's own among them; without MXNet's it would be thousands.
    code = "import gc, linreg_gluon.compat; print(gc.get_freeze_count())"
    assert int(imported(code=code).stdout) > 30000
