"""What MXNet 1.9.1 is lent: names that no longer exist, SciPy when it is looked at.

It asks for ``numpy.bool`` and its kin (gone in NumPy 1.24), ``distutils`` (gone in
Python 3.12), ``scipy.sparse.csr`` (deprecated, with a warning for every array). NumPy
answers MXNet's own modules alone, as long as the process lives; distutils is lent while
MXNet imports; in SciPy's place MXNet holds stand-ins.
"""

import contextlib
import functools
import importlib
import re
import sys
import types
from importlib import util

# The Python types that NumPy once offered under its own name.
NUMPY_NAMES = {kind.__name__: kind for kind in (bool, int, float, complex, object, str)}


class Version(tuple):
    """What MXNet uses of distutils' Loose/StrictVersion: comparing release numbers.

    distutils itself would do on Python 3.8-3.11, but an installed setuptools puts its
    own copy in front, which costs a tenth of a second for two comparisons.
    """

    def __new__(cls, text):
        return super().__new__(cls, map(int, re.findall(r"\d+", text)[:3]))


def answer_for(module, names, wanted):
    """Let a module answer for names where wanted(name, frame of the asker) says so."""
    own = vars(module).get("__getattr__")

    def answer(name):
        if name in names:
            frame = asking_frame()
            if wanted(name, frame):
                return names[name]
        if own is not None:
            return own(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__getattr__ = answer


def asking_frame(*own_files):
    """Return the frame that asks: past the import system's, this file's and those."""
    frame = sys._getframe(1)
    while frame.f_back and (
        frame.f_code.co_filename.startswith("<frozen import")
        or frame.f_code.co_filename in (__file__, *own_files)
    ):
        frame = frame.f_back
    return frame


def asked_by_mxnet(name, frame):
    """Return whether a frame is of MXNet's own code, whatever the name it asks for."""
    return frame.f_globals.get("__name__", "").split(".")[0] == "mxnet"


class LateModule(types.ModuleType):
    """Stands in MXNet for a module of SciPy, which is loaded at the first real use."""

    def __getattr__(self, name):
        if name.startswith("__"):  # the import system's own questions
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


class CsrMatrix(type):
    """isinstance(x, csr_matrix) without loading SciPy: who has not cannot have one."""

    def __instancecheck__(cls, value):
        sparse = sys.modules.get("scipy.sparse")
        return isinstance(value, getattr(sparse, "csr_matrix", ()))


def show_scipy(mxnet):
    """Put stand-ins where MXNet looks for SciPy, which was hidden from its import."""
    if sys.modules.get("scipy", "") is None or util.find_spec("scipy") is None:
        return
    sparse, stats = LateModule("scipy.sparse"), LateModule("scipy.stats")
    csr_matrix = CsrMatrix("csr_matrix", (), {})
    sparse.csr = types.SimpleNamespace(csr_matrix=csr_matrix)
    mxnet.ndarray.sparse.spsp = mxnet.ndarray.utils.spsp = sparse
    mxnet.test_utils.ss = mxnet.contrib.quantization.stats = stats


def distutils_modules():
    """Return the part of distutils that MXNet imports, as modules."""
    version = types.ModuleType("distutils.version")
    version.LooseVersion = version.StrictVersion = Version
    package = types.ModuleType("distutils")
    package.__path__, package.version = [], version
    return {"distutils": package, "distutils.version": version}


@contextlib.contextmanager
def names():
    """Lend MXNet what it expects while it imports; NumPy's names to it for good."""
    import numpy

    # Hidden, because it would take 60 MB more and half a second; see show_scipy.
    lent = dict.fromkeys(("scipy", "scipy.sparse", "scipy.stats"))
    own = {name: sys.modules[name] for name in lent if name in sys.modules}
    if "distutils" not in sys.modules:
        lent.update(distutils_modules())
    before = vars(numpy).get("__getattr__")
    sys.modules.update(lent)
    gone = {k: v for k, v in NUMPY_NAMES.items() if k not in vars(numpy)}
    answer_for(numpy, gone, asked_by_mxnet)
    try:
        yield
    except BaseException:
        if before is None:
            del numpy.__getattr__
        else:
            numpy.__getattr__ = before
        raise
    finally:
        for name in lent:
            sys.modules.pop(name, None)
        sys.modules.update(own)


def show_values(ndarray):
    """Give the class NDArray what NumPy's own functions ask for."""

    def as_numpy(self, dtype=None):
        """Return the values as a NumPy array."""
        array = self.asnumpy()
        return array if dtype is None else array.astype(dtype, copy=False)

    ndarray.__array__ = as_numpy
    for mended in mended_methods(ndarray):
        setattr(ndarray, mended.__name__, mended)


def mended_methods(ndarray):
    """Return methods of NDArray that NumPy's functions of their name may call.

    np.f(x) calls x.f in NumPy's own manner, which MXNet refuses. After a TypeError
    alone it computes with the values.
    """
    op_mean, op_transpose = ndarray.mean, ndarray.transpose
    op_argsort, op_take = ndarray.argsort, ndarray.take

    @functools.wraps(op_mean)
    def mean(self, *args, **kwargs):
        if kwargs.get("dtype", "") is None:
            del kwargs["dtype"]
        return op_mean(self, *args, **kwargs)

    @functools.wraps(op_transpose)
    def transpose(self, *axes, **kwargs):
        return op_transpose(self, *(() if axes == (None,) else axes), **kwargs)

    @functools.wraps(op_argsort)
    def argsort(self, *args, **kwargs):
        if "order" in kwargs:  # an index as NumPy's: MXNet's own would be float32
            raise TypeError("an NDArray is not sorted in an order of fields")
        return op_argsort(self, *args, **kwargs)

    @functools.wraps(op_take)
    def take(self, indices, *args, **kwargs):
        if not isinstance(indices, ndarray):
            raise TypeError(f"indices must be an NDArray, got {indices!r}")
        if kwargs.get("axis", 0) is None:
            raise TypeError("an NDArray is taken from along one axis")
        return op_take(self, indices, *args, **kwargs)

    return mean, transpose, argsort, take
