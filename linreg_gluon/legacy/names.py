"""The names lent to old programs: what was dropped, where, and what stands for it.

A string "module:name" is looked up when the name is used; all else stands for itself.
"Class.method" is lent to that class of the module.
"""

import importlib

from .. import lent

ABSTRACT = """AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable
Collection Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView
Mapping MappingView MutableMapping MutableSequence MutableSet Reversible Sequence Set
Sized ValuesView""".split()


def getargspec(function):
    """Return (args, varargs, keywords, defaults), as Python did up to 3.10."""
    import collections
    import inspect

    names = ["args", "varargs", "keywords", "defaults"]
    spec = inspect.getfullargspec(function)
    if spec.kwonlyargs or spec.annotations:
        raise ValueError("keyword-only arguments or annotations: use getfullargspec()")
    return collections.namedtuple("ArgSpec", names)(*spec[:4])


def asscalar(array):
    """Return an array of size 1 as a number, as NumPy did up to 1.22."""
    return array.item()


def as_matrix(data, columns=None):
    """Return a DataFrame's or Series' values, as pandas did up to 0.25."""
    return (data if columns is None else data[columns]).values


NAMES = {
    # NumPy 1.24; from asscalar on: 1.23
    "numpy": {
        **lent.NUMPY_NAMES,
        "long": int,
        "unicode": str,
        "asscalar": asscalar,
        "alen": len,
    },
    # Python 3.10, 3.11, 3.9, 3.8, 3.9, 3.12, 3.8
    "collections": {name: "collections.abc:" + name for name in ABSTRACT},
    "inspect": {"getargspec": getargspec},
    "fractions": {"gcd": "math:gcd"},
    "time": {"clock": "time:perf_counter"},
    "base64": {
        "encodestring": "base64:encodebytes",
        "decodestring": "base64:decodebytes",
    },
    "configparser": {"SafeConfigParser": "configparser:ConfigParser"},
    "cgi": {"escape": "html:escape"},
    # IPython 8 and 9
    "IPython.display": {
        "set_matplotlib_formats": "matplotlib_inline.backend_inline:"
        "set_matplotlib_formats",
        "set_matplotlib_close": "matplotlib_inline.backend_inline:set_matplotlib_close",
    },
    "IPython.core.display": {
        "display": "IPython.display:display",
        "HTML": "IPython.display:HTML",
        "Image": "IPython.display:Image",
    },
    # Pillow 10
    "PIL.Image": {
        "ANTIALIAS": "PIL.Image:LANCZOS",
        "LINEAR": "PIL.Image:BILINEAR",
        "CUBIC": "PIL.Image:BICUBIC",
    },
    # matplotlib 3.9
    "matplotlib.cm": {"get_cmap": "matplotlib.pyplot:get_cmap"},
    # pandas 1.0
    "pandas": {"DataFrame.as_matrix": as_matrix, "Series.as_matrix": as_matrix},
}


class Names(dict):
    """{name: what stands for it}, where a string is looked up when it is asked for."""

    def __getitem__(self, name):
        value = super().__getitem__(name)
        if not isinstance(value, str):
            return value
        module, _, attribute = value.partition(":")
        return getattr(importlib.import_module(module), attribute)
