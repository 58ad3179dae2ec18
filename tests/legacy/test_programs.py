"""Small programs of an older time, each run as a process of its own."""

import os
import signal
import sys
import textwrap

import numpy
import pytest

from linreg_gluon.legacy import running

GONE = tuple(map(int, numpy.__version__.split(".")[:2])) >= (1, 24)
HEAD = "Names of an older time that were lent"


@pytest.fixture
def old(run, tmp_path):
    """Run a program's text through the door, from the folder in which it is kept."""

    def call(text, *args, before=(), env=None):
        (tmp_path / "old.py").write_text(textwrap.dedent(text))
        words = ["python", "-m", "linreg_gluon.legacy", *before, "old.py", *args]
        return run(*words, cwd=tmp_path, env=env)

    return call


def test_program_is_as_under_plain_python(old, run, tmp_path):
    text = """
        import os, sys
        print(sys.argv, __name__, __file__, sys.path[0], os.getcwd())
        print(sys.modules["__main__"].__dict__ is globals(), __doc__, "x" in globals())
        print(sys.flags.dev_mode, os.getpid() == os.getpgrp(), file=sys.stderr)
        def f():
            raise KeyError("this one")
        f()
    """
    through = old(text, "--lr", "a b")
    plain = run("python", "old.py", "--lr", "a b", cwd=tmp_path)
    assert through.returncode == plain.returncode == 1
    assert through.stdout == plain.stdout
    assert "['old.py', '--lr', 'a b']" in plain.stdout
    assert through.stderr == plain.stderr and "KeyError" in plain.stderr


@pytest.mark.parametrize(
    "end, status",
    [
        ("sys.exit(7)", 7),
        ("sys.exit('why')", 1),
        ("os._exit(3)", 3),
        ("os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("(", 1),
    ],
)
def test_exit_status_is_the_programs(old, end, status):
    assert old("import os, sys\n" + end).returncode == status


def test_missing_program_is_pythons_error(run, tmp_path):
    words = "python", "-m", "linreg_gluon.legacy", "none.py"
    result = run(*words, cwd=tmp_path)
    assert result.returncode == 2 and "No such file" in result.stderr


def test_module_runs_with_its_arguments(run, tmp_path):
    package = tmp_path / "oldpackage"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tool.py").write_text(
        "import sys, numpy\n"
        "print(__name__, __package__, sys.argv[1:], numpy.float(1))\n"
    )
    words = ["python", "-m", "linreg_gluon.legacy", "-m", "oldpackage.tool", "-x", "1"]
    result = run(*words, cwd=tmp_path)
    assert result.stdout == "__main__ oldpackage ['-x', '1'] 1.0\n", result.stderr


NAMES = """
    import base64, collections, fractions, inspect, time
    from collections import Mapping, MutableMapping
    import numpy as np
    from numpy import bool
    assert np.bool is bool and np.int is np.long is int and np.float is float
    assert np.object is object and np.str is np.unicode is str
    assert np.complex is complex and np.zeros(2, np.int).dtype == np.int64
    assert np.asscalar(np.ones(1)) == 1 and np.alen(np.ones(3)) == 3
    assert issubclass(dict, collections.Mapping) and issubclass(dict, MutableMapping)
    assert inspect.getargspec(lambda a, b=2: a).defaults == (2,)
    assert time.clock() >= 0 and fractions.gcd(12, 18) == 6
    assert base64.encodestring(b"a") == b"YQ==\\n"
    try:
        np.nothing
    except AttributeError as error:
        assert "nothing" in str(error)
    else:
        raise SystemExit("numpy.nothing exists")
    assert not hasattr(collections, "nothing")
"""


def test_dropped_names_are_lent(old):
    result = old(NAMES)
    assert result.returncode == 0, result.stderr


MODULES = """
    import sys
    sys.modules["setuptools"] = None
    sys.meta_path[:] = [f for f in sys.meta_path if "Distutils" not in str(f)]
    from distutils.version import LooseVersion, StrictVersion
    from distutils.util import strtobool
    from distutils.dir_util import mkpath
    import distutils.spawn, imp
    import xml.etree.cElementTree as tree
    assert LooseVersion("1.10.1") > LooseVersion("1.9") and LooseVersion("2.0") == "2.0"
    assert LooseVersion("1.5.0b2").version == [1, 5, 0, "b", 2]
    assert StrictVersion("1.2a1") < StrictVersion("1.2") == StrictVersion("1.2.0")
    assert strtobool("Yes") == 1 and strtobool("off") == 0
    assert distutils.spawn.find_executable("sh")
    assert tree.fromstring("<a b='1'/>").get("b") == "1"
"""


def test_dropped_modules_are_lent(old):
    result = old(MODULES)
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python has its own distutils")
def test_unlent_part_of_distutils_names_setuptools(old):
    start = "import sys\nsys.meta_path[:] = [f for f in sys.meta_path if 'Distutils'"
    result = old(start + " not in str(f)]\nimport distutils.ccompiler")
    assert result.returncode == 1 and "pip install setuptools" in result.stderr


def test_names_are_missing_without(run):
    code = "import numpy as np\nnp.bool, np.int, np.float"
    if not GONE:
        pytest.skip("this NumPy has them itself")
    assert run("python", "-c", code).returncode == 1


REPORTED = """
    import numpy as np
    import helper
    print(np.int(3), np.int(4))
    import mxnet as mx
    mx.np.zeros(2, dtype=mx.np.bool_)
"""


def test_report_names_use_and_file(old, tmp_path):
    if not GONE:
        pytest.skip("this NumPy has them itself")
    (tmp_path / "helper.py").write_text("from numpy import float\n")
    result = old(REPORTED, before=["--report"])
    assert result.stdout == "3 4\n"
    head, *lines = result.stderr.splitlines()
    assert head.startswith(HEAD)
    found = [line.split() for line in lines]
    base = os.path.realpath(str(tmp_path))
    assert found == [
        ["numpy.float", base + "/helper.py:1"],
        ["numpy.int", base + "/old.py:4"],
    ]


TABLE = """
    import pandas as pd
    table = pd.DataFrame({"a": [1., 2.], "b": [3., 4.]})
    assert table.as_matrix().tolist() == [[1, 3], [2, 4]]
    assert table.as_matrix(["b"]).tolist() == [[3], [4]]
    assert table.b.as_matrix().tolist() == [3, 4]
    assert not hasattr(table, "as_nothing")
"""


def test_dropped_methods_are_lent_and_told(old, tmp_path):
    result = old(TABLE, before=["--report"])
    assert result.returncode == 0, result.stderr
    at = os.path.realpath(str(tmp_path / "old.py"))
    found = [line.split() for line in result.stderr.splitlines()[1:]]
    kinds = ("DataFrame", 4), ("Series", 6)
    assert found == [[f"pandas.{k}.as_matrix", f"{at}:{n}"] for k, n in kinds]


def test_report_of_nothing_says_so(old):
    result = old("print(1)", before=["--report"])
    assert result.stderr == "No name of an older time was lent.\n"


def test_quiet_without_report(old):
    assert old("import numpy as np; np.int").stderr == ""


SPAWNING = """
    import multiprocessing, pickle, subprocess, sys
    import numpy as np
    import mxnet as mx

    def work(array):
        return (array * 2).asnumpy().astype(np.int).tolist()

    if __name__ == "__main__":
        print(np.array_equal(mx.nd.ones(3), mx.nd.ones(3)))
        code = "import pickle, sys; print(pickle.load(sys.stdin.buffer).shape)"
        kept = pickle.dumps(mx.nd.ones((2, 3)))
        print(subprocess.check_output([sys.executable, "-c", code], input=kept))
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(pool.map(work, [mx.nd.ones(2)]))
"""


def test_processes_of_the_program_have_the_door(old):
    result = old(SPAWNING)
    assert result.stdout == "True\nb'(2, 3)\\n'\n[[2, 2]]\n", result.stderr


def test_custom_operator_with_dropped_name(old):
    result = old(
        """
        import mxnet as mx
        import numpy as np

        class Whole(mx.operator.CustomOp):
            def forward(self, is_train, req, in_data, out_data, aux):
                x = in_data[0].asnumpy().astype(np.int).astype(np.float32)
                self.assign(out_data[0], req[0], mx.nd.array(x))

        @mx.operator.register("whole")
        class WholeProp(mx.operator.CustomOpProp):
            def create_operator(self, ctx, shapes, dtypes):
                return Whole()

        print(mx.nd.Custom(mx.nd.array([1.7, 2.2]), op_type="whole").asnumpy())
        """
    )
    assert result.stdout == "[1. 2.]\n", result.stderr


def test_printed_loss_does_not_warn(old):
    text = "import mxnet as mx\nprint('%f' % mx.nd.ones(3).mean().asnumpy())"
    result = old(text)
    assert (result.stdout, result.stderr) == ("1.000000\n", "")


def test_import_as_first_line(run):
    code = """if 1:
        import linreg_gluon.legacy
        import numpy as np, sys
        assert np.int is int and "mxnet" not in sys.modules
        import mxnet as mx
        from linreg_gluon.compat import mx as same
        assert same is mx and np.allclose(mx.nd.ones(2), 1)
        print(linreg_gluon.legacy.report())
    """
    result = run("python", "-c", code)
    assert (result.returncode, result.stderr) == (0, "")


def test_refusal_is_the_doors(old):
    result = old("import mxnet", env={"OMP_NUM_THREADS": "all"})
    last = result.stderr.strip().splitlines()[-1]
    assert result.returncode == 1 and "unset OMP_NUM_THREADS" in last


def test_python_that_cannot_read_the_package_is_left_alone(run, tmp_path):
    # as Python 2, which a program may start, cannot
    (tmp_path / "linreg_gluon").mkdir()
    (tmp_path / "linreg_gluon" / "__init__.py").write_text("print 'two'\n")
    paths = os.pathsep.join([running.STARTUP, str(tmp_path)])
    result = run("python", "-c", "print(5)", cwd=tmp_path, env={"PYTHONPATH": paths})
    assert (result.returncode, result.stdout, result.stderr) == (0, "5\n", "")


def test_own_sitecustomize_still_runs(old, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.own = 1")
    text = "import numpy, sys; print(sys.own, numpy.int)"
    result = old(text, env={"PYTHONPATH": str(tmp_path)})
    assert result.stdout == "1 <class 'int'>\n", result.stderr


@pytest.mark.parametrize(
    "words, told",
    [
        ([], "usage:"),
        (["-m"], "-m needs the name of a MODULE"),
        (["--unknown", "old.py"], "is missing"),
        (["--report"], "is missing"),
        (["none.ipynb"], "none.ipynb"),
        (["none.ipynb", "--put", "x"], "--out FILE"),
    ],
)
def test_wrong_use_is_told(run, words, told):
    result = run("python", "-m", "linreg_gluon.legacy", *words)
    assert result.returncode == 2 and told in result.stderr
    assert "Traceback" not in result.stderr


def test_python_that_ignores_environment_refused(run):
    result = run("python", "-E", "-m", "linreg_gluon.legacy", "old.py")
    assert result.returncode == 2 and "without" in result.stderr
