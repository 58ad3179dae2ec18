"""MXNet's operators, kept from one import for the next: the same ones, or none."""

import ctypes
import marshal
import os
import pickle
import subprocess
import sys
import types
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT

from linreg_gluon import operators
from linreg_gluon.compat import mx

# All that a function of MXNet's making is, but for the address of its operator.
DUMP = """
import pickle, sys, types
from linreg_gluon.compat import mx

def parts(function):
    code = function.__code__
    named = [getattr(code, name) for name in sorted(dir(code))
             if name.startswith("co_") and name not in ("co_consts", "co_lnotab")
             and not callable(getattr(code, name))]
    constants = ["address" if isinstance(each, int) and each > 2**20 else each
                 for each in code.co_consts]
    nulls = [each is mx.base._Null for each in function.__defaults__ or ()]
    return (named, constants, nulls, function.__doc__, function.__name__,
            function.__qualname__, function.__module__, function.__dict__,
            function.__kwdefaults__, function.__globals__["__name__"])

made = {
    (place, name): parts(value)
    for place, module in sorted(sys.modules.items()) if place.startswith("mxnet")
    for name, value in vars(module).items()
    if isinstance(value, types.FunctionType)
    and value.__code__.co_filename == "<string>"
}
X = mx.nd.ones((2, 3))
assert mx.nd.dot(X, X, transpose_b=True).sum().asscalar() == 12
assert mx.sym.var("x").sum().list_arguments() == ["x"]
sys.stdout.buffer.write(pickle.dumps(made))
"""


def dump(home, **env):
    """Return {place: what is to be seen of an operator} of a process of its own."""
    env = {**os.environ, "XDG_CACHE_HOME": str(home), **env}
    command = [sys.executable, "-W", "ignore", "-c", DUMP]
    return pickle.loads(subprocess.check_output(command, env=env, cwd=str(ROOT)))


def test_kept_operators_are_what_mxnet_makes(tmp_path):
    fresh = dump(tmp_path, LINREG_GLUON_CACHE="0")
    assert len(fresh) > 3000 and not list(tmp_path.iterdir())
    with ThreadPoolExecutor(2) as pool:  # two at once, and both write
        both = list(pool.map(dump, [tmp_path] * 2))
    (file,) = (tmp_path / "linreg_gluon").iterdir()
    written = file.stat().st_mtime_ns
    assert both == [fresh, fresh] and dump(tmp_path) == fresh
    assert file.stat().st_mtime_ns == written


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


MAKER = mx.nd.register._make_ndarray_function
NEVER = types.FunctionType((lambda *_: 1 / 0).__code__, MAKER.__globals__)


def made(kept, maker=MAKER, operator="dot"):
    """Return an operator's function as a Kept gives it."""
    handle = mx.base.OpHandle()
    mx.base._LIB.NNGetOpHandle(operator.encode(), ctypes.byref(handle))
    return kept.make(maker, handle, operator, operator)


@pytest.fixture
def file(home):
    """A file that holds dot alone."""
    kept = operators.Kept(mx.base)
    made(kept)
    kept.write()
    (path,) = (home / "linreg_gluon").iterdir()
    return path


def test_what_is_kept_is_taken(file):
    kept = operators.Kept(mx.base)
    X = mx.nd.array([[1, 2]])
    assert made(kept, NEVER)(X, X, transpose_b=True).asscalar() == 5
    assert not kept.new
    with pytest.raises(ZeroDivisionError):
        made(kept, NEVER, "broadcast_add")


def flip(data):
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


DAMAGE = [lambda data: b"", lambda data: data[: len(data) // 2], flip]
DAMAGE += [lambda data: data.replace(b"1.9.1", b"1.9.2", 1), lambda data: b"\n" + data]


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file_is_made_anew(file, damage):
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    kept = operators.Kept(mx.base)
    assert kept.codes == {}
    made(kept)
    kept.write()
    assert marshal.loads(file.read_bytes().partition(b"\n")[2]).keys() == {
        "mxnet.ndarray.register dot dot"
    }


def test_file_of_another_user_is_not_run(file, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: os.stat(str(file)).st_uid + 1)
    assert operators.Kept(mx.base).codes == {}


def test_folder_that_cannot_be_written_is_no_trouble(home):
    home.write_text("a file, where a folder should be")
    kept = operators.Kept(mx.base)
    made(kept)
    kept.write()
    assert home.is_file()


def test_failed_write_leaves_nothing(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    kept = operators.Kept(mx.base)
    made(kept)
    kept.write()
    assert list((home / "linreg_gluon").iterdir()) == []


@pytest.mark.parametrize("home", ["", "relative"])
def test_without_home_nothing_is_kept(monkeypatch, tmp_path, home):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.setattr(os.path, "expanduser", str)
    kept = operators.Kept(mx.base)
    made(kept)
    kept.write()
    assert list(tmp_path.iterdir()) == []


def test_key_is_mxnets_and_pythons(tmp_path, monkeypatch):
    files = [tmp_path / name for name in (*operators.SOURCES, "libmxnet.so")]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(file.name)
    library = types.SimpleNamespace(_name=str(files[-1]))
    path = str(tmp_path / "base.py")
    base = types.SimpleNamespace(__file__=path, _LIB=library, __version__="1.9.1")
    keys = [operators.key(base)]
    for file in files:
        os.utime(str(file), (1, 1))
        keys.append(operators.key(base))
        file.write_text("longer than before")
        os.utime(str(file), (1, 1))
        keys.append(operators.key(base))
    monkeypatch.setattr(sys, "flags", types.SimpleNamespace(optimize=1))
    keys.append(operators.key(base))
    assert len(set(keys)) == len(keys) == 2 * len(files) + 2
