"""The door for old programs: lends names where they are missing, and notes each use."""

import functools
import importlib.machinery
import importlib.util
import os
import sys
import warnings

from .. import door, lent
from .modules import MADE
from .names import NAMES, Names

REPORT = "LINREG_GLUON_REPORT"  # "PID:FILE": who tells at its end what stands in FILE
HEAD = "Names of an older time that were lent (file:line of their first use):"
used = {}  # (what, file): line


def note(what, frame):
    """Note that a program, in a frame of its, has used something lent."""
    file = os.path.abspath(frame.f_code.co_filename)
    if (what, file) in used:
        return
    used[what, file] = frame.f_lineno
    told = os.environ.get(REPORT, "").partition(":")[2]
    if told:
        with open(told, "a", encoding="utf-8") as kept:
            kept.write(f"{what}\t{file}\t{frame.f_lineno}\n")


def lines(found):
    """Return the report's lines on {(what, file): line}."""
    width = max(len(what) for what, _ in found) if found else 0
    told = [f"  {what:{width}}  {file}:{at}" for (what, file), at in found.items()]
    return [HEAD, *sorted(told)] if told else ["No name of an older time was lent."]


def report():
    """Return as text which lent names this process has used, and in which files."""
    return "\n".join(lines(used))


def kept_report(path):
    """Return report's text of what all processes have noted in a file."""
    with open(path, encoding="utf-8") as file:
        entries = [line.rstrip("\n").split("\t") for line in file]
    return "\n".join(lines({(what, name): at for what, name, at in entries}))


def lend_names(module, names):
    """Let a module answer for names that it lacks, and its classes for methods."""
    for name in [name for name in names if "." in name]:
        lend_method(module, name, names[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, on what it has not dropped yet
        missing = {name: v for name, v in names.items() if not hasattr(module, name)}

    def wanted(name, frame):
        if not lent.asked_by_mxnet(name, frame):
            note(f"{module.__name__}.{name}", frame)
        return True

    lent.answer_for(module, Names(missing), wanted)


def lend_method(module, name, function):
    """Give a class of the module a method that it lacks, and note each use of it."""
    kind, _, method = name.partition(".")
    kind, what = getattr(module, kind, None), f"{module.__name__}.{name}"
    if kind is None or hasattr(kind, method):
        return

    @functools.wraps(function)
    def noted(*args, **kwargs):
        note(what, lent.asking_frame(__file__))
        return function(*args, **kwargs)

    setattr(kind, method, noted)


class Opened:
    """The loader of a module that is lent names, or of MXNet: does what is needed."""

    def __init__(self, real):
        self.real = real

    def create_module(self, spec):
        return self.real.create_module(spec)

    def exec_module(self, module):
        # From here on nobody sees that another loader was in between.
        module.__spec__.loader = module.__loader__ = self.real
        if module.__name__ == "mxnet":
            door.load(lambda: self.run(module))
        else:
            self.run(module)
            lend_names(module, NAMES[module.__name__])

    def run(self, module):
        self.real.exec_module(module)
        return module


class Door:
    """First of the finders: finds MXNet and the modules that are lent names."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "mxnet" and name not in NAMES:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find and finder is not cls else None
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = Opened(spec.loader)
                return spec
        return None


class Lender:
    """Last of the finders: makes the modules that Python has no longer."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MADE:
            note(name, lent.asking_frame(__file__))
            return importlib.machinery.ModuleSpec(name, cls, is_package="." not in name)
        if name.startswith("distutils."):
            raise ModuleNotFoundError(
                f"No module named {name!r}: Python has dropped distutils; "
                "type  pip install setuptools",
                name=name,
            )
        return None

    @staticmethod
    def create_module(spec):
        return MADE[spec.name]()

    @staticmethod
    def exec_module(module):
        """It is whole already."""


def lend():
    """Open MXNet's door and lend what is missing, in this process, from now on."""
    if Door in sys.meta_path:
        return
    sys.meta_path.insert(0, Door)
    sys.meta_path.append(Lender)
    for name in NAMES:
        if name in sys.modules:
            lend_names(sys.modules[name], NAMES[name])
    if hasattr(sys.modules.get("mxnet"), "nd") and not door.is_open():
        lent.show_values(sys.modules["mxnet"].nd.NDArray)
    if not sys.warnoptions:  # '%f' % loss.mean().asnumpy(), of which notebooks are full
        message = r"Conversion of an array with ndim > 0 to a scalar"
        warnings.filterwarnings("ignore", message, DeprecationWarning)


def load_ipython_extension(ipython):
    """Serve ``%load_ext linreg_gluon.legacy``."""
    lend()
