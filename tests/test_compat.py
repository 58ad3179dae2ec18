"""Each cause that keeps MXNet from working is really provoked, in its own process."""

import gc
import sys
import weakref

import numpy as np
import pytest

from linreg_gluon import Config, compat, concise, fused, scratch, synthetic_data
from linreg_gluon.compat import mx

IMPORT = "import linreg_gluon.compat"
# A module that is None in sys.modules cannot be found, as if not installed.
WITHOUT = {"sitecustomize.py": "import sys; sys.modules['mxnet'] = None"}


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


@pytest.mark.parametrize("at", ["util", "ndarray", "gluon.block", "kvstore"])
def test_interrupted_import_may_be_begun_anew(imported, at):
    # as in a notebook, whose process goes on after Ctrl-C
    code = f"""if 1:
        import sys

        class Interrupting:
            def find_spec(name, path=None, target=None):
                if name == "mxnet.{at}":
                    sys.meta_path.remove(Interrupting)
                    raise KeyboardInterrupt

        sys.meta_path.insert(0, Interrupting)
        try:
            import linreg_gluon.compat
        except KeyboardInterrupt:
            pass
        assert Interrupting not in sys.meta_path
        from linreg_gluon import Config, concise, scratch, synthetic_data
        data = synthetic_data([2, -3.4], 4.2, 100, 0.01, 0)
        for path in (scratch, concise):
            assert path.train(*data, Config(num_epochs=20)).losses[-1] < 1e-3
    """
    result = imported(code=code)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    # MXNet may say that its custom_op is registered once more.
    assert len(result.stderr.splitlines()) <= 1, result.stderr


def test_names_lent_to_mxnet_alone(imported):
    code = """if 1:
        import sys, warnings, numpy
        before, filters = dict(vars(numpy)), list(warnings.filters)
        had = {name for name in sys.modules if name.startswith("distutils")}
        gone = [n for n in ("bool", "int", "long") if not hasattr(numpy, n)]
        import linreg_gluon.compat
        after = vars(numpy)
        changed = {n for n, value in before.items() if after[n] is not value}
        assert changed <= {"__getattr__"}, changed
        # Submodules that an import adds are NumPy's own doing.
        new = {n for n in set(after) - set(before) if n not in ("testing", "ma")}
        new -= {n for n in new if hasattr(after[n], "__path__")}
        assert new <= {"__getattr__"}, new
        assert [n for n in ("bool", "int", "long") if not hasattr(numpy, n)] == gone
        assert eval("numpy.bool", {"numpy": numpy, "__name__": "mxnet.x"}) is bool
        assert {n for n in sys.modules if n.startswith("distutils")} == had
        assert warnings.filters == filters
    """
    result = imported(code=code)
    assert result.returncode == 0, result.stderr


def test_keeps_existing_numpy_bool(imported):
    code = "import numpy; numpy.bool = numpy.bool_; import linreg_gluon.compat"
    result = imported(code=code + "; assert numpy.bool is numpy.bool_")
    assert result.returncode == 0, result.stderr


def test_failed_import_takes_names_back(imported):
    code = """if 1:
        import numpy
        before = vars(numpy).get("__getattr__")
        try:
            import linreg_gluon.compat
        except ImportError as error:
            print(error)
        assert vars(numpy).get("__getattr__") is before
    """
    result = imported({"mxnet/__init__.py": "raise RuntimeError('broken')"}, code)
    assert result.returncode == 0, result.stderr
    assert "RuntimeError: broken" in result.stdout and "mxnet==1.9.1" in result.stdout


def test_missing_mxnet_names_install(imported):
    line = refusal(imported(WITHOUT))
    assert 'pip install "mxnet==1.9.1" "numpy<2"' in line


def test_fused_needs_no_mxnet(imported, lecture):
    wanted = fused.train(*lecture)
    code = f"""if 1:
        from linreg_gluon import fused, synthetic_data
        X, y = synthetic_data([2, -3.4], 4.2, 1000, 0.01, 0)
        fit = fused.train(X, y)
        assert fit.w.tolist() == {wanted.w.tolist()} and fit.b == {wanted.b!r}
        try:
            from linreg_gluon.sklearn import GluonRegressor
        except ImportError:  # without scikit-learn
            pass
        else:
            assert abs(GluonRegressor().fit(X, y).coef_ - [2, -3.4]).max() < 0.01
    """
    result = imported(WITHOUT, code=code)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_scripts_run_without_docstrings(run):
    assert run("python", "-OO", "scripts/train_fused.py", "--quiet").returncode == 0
    result = run("python", "-OO", "scripts/train_scratch.py", "--quiet")
    (line,) = result.stderr.splitlines()
    assert result.returncode == 2 and "run python without -OO" in line


@pytest.mark.parametrize("flag", ["--save-prefix", "--export"])
def test_model_is_not_trained_in_vain(run, tmp_path, flag):
    (tmp_path / "sitecustomize.py").write_text(WITHOUT["sitecustomize.py"])
    script, env = "scripts/train_fused.py", {"PYTHONPATH": str(tmp_path)}
    result = run("python", script, flag, tmp_path / "m", env=env)
    (line,) = result.stderr.splitlines()
    assert result.returncode == 2 and 'pip install "mxnet==1.9.1"' in line
    assert "epoch 1" not in result.stdout and len(list(tmp_path.glob("m*"))) == 0
    assert run("python", script, "--quiet", env=env).returncode == 0


def test_other_mxnet_version_refused(imported):
    files = {"mxnet/__init__.py": "__version__ = '1.7.0.post2'"}
    line = refusal(imported(files))
    assert "1.7.0.post2" in line and "mxnet==1.9.1" in line


def test_numpy_2_refused(imported):
    line = refusal(imported({"numpy/__init__.py": "__version__ = '2.0.1'"}))
    assert "NumPy 2.0.1" in line and 'pip install "numpy<2"' in line


def test_python_3_13_refused(imported):
    site = "import sys, platform; sys.version_info = (3, 13, 0, 'final', 0)"
    site += "; platform.python_version = lambda: '3.13.0'"
    line = refusal(imported({"sitecustomize.py": site}))
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


@pytest.mark.parametrize(
    "name, value, remedy",
    [
        ("OMP_NUM_THREADS", "all", "one whole number;"),
        ("OMP_NUM_THREADS", "4,2", "one whole number;"),
        ("MXNET_CPU_WORKER_NTHREADS", "0", "at least 1"),
        ("MXNET_CPU_PRIORITY_NTHREADS", "-1", "at least 1"),
        ("MXNET_MP_WORKER_NTHREADS", "1e3", "one whole number;"),
    ],
)
def test_number_that_aborts_refused(imported, name, value, remedy):
    line = refusal(imported(**{name: value}))
    assert f"{name}={value} is" in line and f"unset {name}" in line
    assert remedy.replace(";", ", would") in line


def test_numbers_that_work_pass(imported):
    good = {"OMP_NUM_THREADS": " 2", "MXNET_CPU_WORKER_NTHREADS": "1"}
    result = imported(**good, MXNET_OMP_MAX_THREADS="")
    assert (result.returncode, result.stderr) == (0, "")


def test_program_is_sent_to_legacy(run):
    result = run("python", "-m", "linreg_gluon.compat", "old.py", "--lr", "1")
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert "python -m linreg_gluon.legacy old.py --lr 1" in line


SPARSE = """if 1:
    %s
    from linreg_gluon.compat import mx
    import numpy, sys
    mx.nd.array(numpy.ones(2))
    assert %r or "scipy" not in sys.modules
    csr = mx.nd.sparse.csr_matrix(([1.0, 2.0], ([0, 1], [1, 0])), shape=(2, 2))
    assert csr.asscipy().nnz == 2
    import scipy.sparse
    dense = mx.nd.array(scipy.sparse.eye(2).tocsr())
    print(dense.stype, mx.nd.sparse.array(scipy.sparse.eye(3).tocsr()).shape)
    print(float(mx.test_utils.ss.norm.ppf(0.5)))
"""


@pytest.mark.parametrize("first", ["", "import scipy.sparse, scipy.stats"])
def test_scipy_is_seen_when_used(run, first):
    pytest.importorskip("scipy")
    code = SPARSE % (first, bool(first))
    result = run("python", "-W", "always::DeprecationWarning", "-c", code)
    assert (result.stdout, result.stderr) == ("csr (3, 3)\n0.0\n", "")


def test_mxnet_does_without_scipy(imported):
    files = {"sitecustomize.py": "import sys; sys.modules['scipy'] = None"}
    code = """if 1:
        from linreg_gluon.compat import mx
        import numpy
        assert mx.nd.array(numpy.ones(2)).shape == (2,)
        assert mx.nd.utils.spsp is None
    """
    result = imported(files, code)
    assert result.returncode == 0, result.stderr


def test_mxnets_test_tools_work():
    buckets, probs = mx.test_utils.gen_buckets_probs_with_ppf(lambda x: x, 4)
    draw = lambda n: np.random.default_rng(0).random(n)  # noqa: E731
    # numpy.int within; a fair sample falls below 1e-4 once in 10,000 seeds
    p, _, _ = mx.test_utils.chi_square_check(draw, buckets, probs, nsamples=1000)
    assert p > 1e-4


def test_loader_frees_callers_cycles():
    class Cycle:
        pass

    ours = Cycle()
    ours.self, gone = ours, weakref.ref(ours)
    X = np.ones((20, 2), "float32")
    concise.train(X, X[:, 0], Config(num_epochs=1))
    assert gone() is ours
    del ours
    gc.collect()
    assert gone() is None


def test_frozen_objects_stay_frozen(monkeypatch):
    def seen(name, call):
        return lambda: [called.append(name), call()]

    gc.freeze()
    try:
        called, frozen = [], gc.get_freeze_count()
        with monkeypatch.context() as patch:
            for name in ("freeze", "unfreeze"):
                patch.setattr(gc, name, seen(name, getattr(gc, name)))
            for _ in range(2):  # one of them may be due to collect all
                with compat.short_collections():
                    pass
        assert called == []
        # other threads may have freed a few meanwhile, so that counts are not equal
        assert gc.get_freeze_count() > 0.9 * frozen
    finally:
        gc.unfreeze()


def test_collections_pass_over_mxnet():
    frozen = []
    for _ in range(compat.FULL_EVERY):
        with compat.short_collections():
            frozen.append(gc.get_freeze_count())
        assert gc.get_freeze_count() <= compat.FROZEN_AT_START
    short, full = sorted(frozen)[1:], min(frozen)
    # MXNet's import leaves more than 50,000 objects.
    assert min(short) > 30000 and full <= compat.FROZEN_AT_START


def test_nets_go_with_the_next_training():
    def nets():
        return sum(isinstance(each, concise.NetWithLoss) for each in gc.get_objects())

    X, y = synthetic_data([2.0, -3.4], 4.2, 20, 0.01, 0)
    gc.collect()
    before = nets()
    for _ in range(3):  # each net is a cycle
        concise.train(X, y, Config(num_epochs=1))
    assert nets() == before + 1


def test_older_cycles_go_in_time():
    class Cycle:
        pass

    ours = Cycle()
    ours.self, gone = ours, weakref.ref(ours)
    gc.collect()  # it has grown old
    del ours
    for _ in range(compat.FULL_EVERY):
        with compat.short_collections():
            gc.collect()
    assert gone() is None


@pytest.mark.parametrize("path", [scratch, concise, fused])
def test_train_leaves_mxnets_generator(path):
    X, y = synthetic_data([2.0, -3.4], 4.2, 50, 0.01, 0)
    draws = []
    for train in (lambda: None, lambda: path.train(X, y, Config(num_epochs=1, seed=9))):
        mx.random.seed(5)
        first = mx.nd.random.normal(shape=3).asnumpy()
        train()
        draws.append([*first, *mx.nd.random.normal(shape=3).asnumpy()])
    assert draws[0] == draws[1]


@pytest.mark.parametrize("path", [scratch, concise, fused])
def test_train_after_set_np(path):
    X, y = synthetic_data([2.0, -3.4], 4.2, 50, 0.01, 0)
    losses = path.train(X, y, Config()).losses
    mx.npx.set_np()
    try:
        assert path.train(X, y, Config()).losses == losses
        assert mx.util.is_np_array()
    finally:
        mx.npx.reset_np()
