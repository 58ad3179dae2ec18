"""The operators that MXNet's import makes, kept for the next import.

Importing, MXNet writes the source text of some 2,500 functions, one for each operator,
and compiles it: two thirds of its import. What it compiled the first time is kept in
~/.cache/linreg_gluon (XDG_CACHE_HOME puts it elsewhere, LINREG_GLUON_CACHE=0 turns it
off), and taken as long as MXNet and Python are the same ones.
"""

import contextlib
import functools
import importlib.machinery
import importlib.util
import marshal
import os
import sys
import tempfile
import types
import zlib

SWITCH = "LINREG_GLUON_CACHE"
# mxnet.base's functions that give each operator to a function that makes it, and what
# of MXNet decides on the result.
NAMING = "_init_op_module", "_init_np_op_module"
SOURCES = "base.py", "ndarray/register.py", "symbol/register.py"
SOURCES += "ndarray_doc.py", "symbol_doc.py"


class Kept:
    """The code of operators' functions, from a file and for it.

    codes: {"maker operator name": (code, where in its constants the operator's handle
    belongs, whether each default is _Null or None, docstring)}.
    """

    def __init__(self, base):
        """base: the module mxnet.base."""
        self.null, self.key = base._Null, key(base)
        self.path = path(self.key)
        self.codes, self.new = read(self.path, self.key), False

    def make(self, maker, handle, operator, name):
        """Return the function that maker(handle, operator, name) would make."""
        at = " ".join((maker.__module__, operator, name))
        if at not in self.codes:
            function = maker(handle, operator, name)
            self.keep(at, function, handle.value)
            return function
        code, place, nulls, doc = self.codes[at]
        constants = list(code.co_consts)
        constants[place] = handle.value
        defaults = tuple(self.null if null else None for null in nulls)
        function = types.FunctionType(
            code.replace(co_consts=tuple(constants)),
            maker.__globals__,
            name,
            defaults or None,
        )
        function.__doc__ = doc
        return function

    def keep(self, at, function, handle):
        """Note what a maker has made, unless it is not of the form that is known."""
        code, defaults = function.__code__, function.__defaults__ or ()
        nulls = [default is self.null for default in defaults]
        known = all(null or each is None for null, each in zip(nulls, defaults))
        if code.co_consts.count(handle) != 1 or not known or function.__closure__:
            return
        place = code.co_consts.index(handle)
        constants = (*code.co_consts[:place], None, *code.co_consts[place + 1 :])
        code = code.replace(co_consts=constants)
        self.codes[at], self.new = (code, place, nulls, function.__doc__), True

    def write(self):
        """Write the file, whole or not at all; where that cannot be, do without."""
        if not self.new:
            return
        payload, folder = marshal.dumps(self.codes), os.path.dirname(self.path)
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)
            number, part = tempfile.mkstemp(dir=folder)
            try:
                with open(number, "wb") as file:
                    file.write(head(self.key, payload) + payload)
                os.replace(part, self.path)
            except BaseException:
                os.remove(part)
                raise


def key(base):
    """Return what must be the same for a file to hold: MXNet and Python."""
    folder = os.path.dirname(base.__file__)
    files = [base._LIB._name, *(os.path.join(folder, *s.split("/")) for s in SOURCES)]
    stats = [os.stat(file) for file in files]
    sizes = [(stat.st_size, stat.st_mtime_ns) for stat in stats]
    python = importlib.util.MAGIC_NUMBER.hex(), sys.flags.optimize
    return repr((base.__version__, sizes, python))


def path(key):
    """Return where the codes for a key are kept; "" for a user without a home."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if not os.path.isabs(home):
        return ""
    name = f"operators-{sys.implementation.cache_tag}-{zlib.crc32(key.encode()):08x}"
    return os.path.join(home, "linreg_gluon", name)


def head(key, payload):
    """Return the first line of a file."""
    return f"{key} {zlib.crc32(payload)}\n".encode()


def read(path, key):
    """Return the codes in a file; none if it is damaged, absent or another user's."""
    try:
        with open(path, "rb") as file:
            own = os.fstat(file.fileno()).st_uid == os.getuid()  # as its code will run
            first, payload = file.readline(), file.read()
    except OSError:
        return {}
    return marshal.loads(payload) if own and first == head(key, payload) else {}


class Base(importlib.machinery.SourceFileLoader):
    """Loads mxnet.base, and has its operators made by a Kept while kept() lasts."""

    kept = None

    def exec_module(self, module):
        super().exec_module(module)
        self.kept = Kept(module)
        for name in NAMING:
            setattr(module, name, self.wrapped(getattr(module, name)))

    def wrapped(self, naming):
        """Return one of NAMING, of which the last argument is the maker."""

        @functools.wraps(naming)
        def name_all(*args, **kwargs):
            *args, maker = (*args, *kwargs.values())
            if self.kept is not None:
                maker = functools.partial(self.kept.make, maker)
            naming(*args, maker)

        return name_all


class Finder:
    """The finder of mxnet.base alone."""

    def __init__(self):
        self.loader = None

    def find_spec(self, name, path=None, target=None):
        if name != "mxnet.base":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.origin.endswith(".py"):
            self.loader = spec.loader = Base(name, spec.origin)
        return spec


@contextlib.contextmanager
def kept():
    """Let an import of MXNet take its operators from the file; or write it."""
    if os.environ.get(SWITCH) == "0":
        yield
        return
    finder = Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        known = getattr(finder.loader, "kept", None)
        if known is not None:
            finder.loader.kept = None  # operators that a program adds are its own
    if known is not None:
        known.write()
