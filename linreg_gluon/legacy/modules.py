"""The modules lent to old programs where Python has none: made when first imported.

The part of distutils (gone in Python 3.12, unless setuptools is installed) and of imp
(likewise) that programs of MXNet's time used, and xml.etree.cElementTree (gone in 3.9).
"""

import functools
import re
import types


@functools.total_ordering
class LooseVersion:
    """A version as a list of numbers and words, compared one by one."""

    def __init__(self, vstring=None):
        if vstring is not None:
            self.parse(vstring)

    def parse(self, vstring):
        self.vstring = vstring
        parts = re.findall(r"\d+|[a-z]+|[^\da-z.]+", vstring)
        self.version = [int(part) if part.isdigit() else part for part in parts]

    def __repr__(self):
        return f"{type(self).__name__} ('{self}')"

    def __str__(self):
        return self.vstring

    def _other(self, other):
        return (type(self)(other) if isinstance(other, str) else other).version

    def __eq__(self, other):
        return self.version == self._other(other)

    def __lt__(self, other):
        return self.version < self._other(other)


class StrictVersion(LooseVersion):
    """A version of two or three numbers, and perhaps a or b and a number."""

    def parse(self, vstring):
        match = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?", vstring)
        if not match:
            raise ValueError(f"invalid version number '{vstring}'")
        major, minor, patch, letter, number = match.groups()
        # a release comes after its alphas and betas
        pre = (letter, int(number)) if letter else ("c", 0)
        self.vstring = vstring
        self.version = (int(major), int(minor), int(patch or 0), *pre)


def strtobool(val):
    """Return 1 for y, yes, t, true, on, 1 and 0 for their opposites."""
    word = val.lower()
    if word in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if word in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError(f"invalid truth value {word!r}")


def find_executable(executable, path=None):
    """Return where a program is found, None where it is not (distutils.spawn)."""
    import shutil

    return shutil.which(executable, path=path)


def mkpath(name, mode=0o777, **_):
    """Make a folder and those above it; return [name] (distutils.dir_util)."""
    import os

    os.makedirs(name, mode, exist_ok=True)
    return [name]


def copy_tree(src, dst, **_):
    """Copy a folder into another; return the files there (distutils.dir_util)."""
    import os
    import shutil

    shutil.copytree(src, dst, dirs_exist_ok=True)
    return [os.path.join(at, name) for at, _, names in os.walk(dst) for name in names]


def remove_tree(directory, **_):
    """Remove a folder with all in it, as far as that goes (distutils.dir_util)."""
    import shutil

    shutil.rmtree(directory, ignore_errors=True)


def load_source(name, pathname, file=None):
    """Return the module that a source file makes, as imp did; it replaces another."""
    import importlib.util
    import sys

    spec = importlib.util.spec_from_file_location(name, pathname)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def reload(module):
    """Run a module's code again, in the same module (imp)."""
    import importlib

    return importlib.reload(module)


def module(name, package=False, **names):
    """Return a new module that holds the names."""
    made = types.ModuleType(name)
    if package:
        made.__path__ = []
    vars(made).update(names)
    return made


def element_tree():
    """Return xml.etree.cElementTree, gone in Python 3.9, with ElementTree's names."""
    import xml.etree.ElementTree as tree

    return module("xml.etree.cElementTree", **vars_of(tree))


def vars_of(other):
    """Return {name: value} of a module, but for what Python itself puts there."""
    return {k: v for k, v in vars(other).items() if not k.startswith("__")}


MADE = {
    "distutils": lambda: module("distutils", package=True, __version__="3.11"),
    "distutils.version": lambda: module(
        "distutils.version", LooseVersion=LooseVersion, StrictVersion=StrictVersion
    ),
    "distutils.util": lambda: module("distutils.util", strtobool=strtobool),
    "distutils.spawn": lambda: module(
        "distutils.spawn", find_executable=find_executable
    ),
    "distutils.dir_util": lambda: module(
        "distutils.dir_util",
        mkpath=mkpath,
        copy_tree=copy_tree,
        remove_tree=remove_tree,
    ),
    "imp": lambda: module("imp", load_source=load_source, reload=reload),
    "xml.etree.cElementTree": element_tree,
}
