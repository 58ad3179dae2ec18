"""The one door to MXNet: ``from linreg_gluon.compat import mx``.

MXNet 1.9.1 is the last release, and upstream is retired. It asks for two names that
no longer exist: ``numpy.bool`` (gone in NumPy 1.24) and ``distutils`` (gone in Python
3.12). Both are lent to it while it imports. Afterwards one thing stays behind:
``numpy.bool``, where NumPy has none of its own, because ``mx.np`` reads it at run time.

Where MXNet cannot work, the import raises one ``ImportError`` that names the cause and
the remedy.
"""

import contextlib
import gc
import os
import platform
import re
import sys
import types
import warnings
from importlib import util

MXNET_VERSION = "1.9.1"
INSTALL = 'pip install "mxnet==1.9.1" "numpy<2"'


class _Version(tuple):
    """What MXNet uses of distutils' Loose/StrictVersion: comparing release numbers.

    distutils itself would do on Python 3.8-3.11, but an installed setuptools puts its
    own copy in front, which costs a tenth of a second for two comparisons.
    """

    def __new__(cls, text):
        return super().__new__(cls, map(int, re.findall(r"\d+", text)[:3]))


def _refusal():
    """Return why MXNet cannot be imported in this process, or None."""
    role = os.environ.get("DMLC_ROLE", "worker")
    if role != "worker":
        return (
            f"DMLC_ROLE={role} is set in the environment: importing MXNet would turn "
            "this process into a parameter server that never returns; "
            "type  unset DMLC_ROLE"
        )
    if not (3, 8) <= sys.version_info[:2] <= (3, 12):
        return (
            f"MXNet {MXNET_VERSION} needs Python 3.8 to 3.12, and this is Python "
            f"{platform.python_version()} (NumPy older than 2 has no wheel for it); "
            "make a virtual environment with one of those"
        )
    if sys.flags.optimize >= 2:
        return "MXNet cannot be imported under python -OO: run python without -OO"
    system, machine = platform.system(), platform.machine()
    if system == "Windows" or (system == "Darwin" and machine == "arm64"):
        return (
            f"MXNet {MXNET_VERSION} has no wheel for {system} {machine}: use Linux, an "
            "Intel Mac, WSL on Windows, or a Linux container on Apple silicon"
        )
    if util.find_spec("numpy") is None or util.find_spec("mxnet") is None:
        return f"MXNet {MXNET_VERSION} or NumPy is not installed: type  {INSTALL}"
    import numpy

    if int(numpy.__version__.split(".")[0]) >= 2:
        return (
            f"MXNet {MXNET_VERSION} needs NumPy older than 2, and NumPy "
            f'{numpy.__version__} is installed: type  pip install "numpy<2"'
        )
    return None


@contextlib.contextmanager
def _lent_names():
    """Lend MXNet the names it expects; take back all but ``numpy.bool``.

    SciPy, where it is installed, is hidden from it: with its sparse matrices each
    ``nd.array`` asks for a name that SciPy has deprecated, and warns; and the import
    takes 60 MB less.
    """
    import numpy

    lent = dict.fromkeys(("scipy", "scipy.sparse", "scipy.stats"))
    own = {name: sys.modules[name] for name in lent if name in sys.modules}
    if "distutils" not in sys.modules:
        version = types.ModuleType("distutils.version")
        version.LooseVersion = version.StrictVersion = _Version
        package = types.ModuleType("distutils")
        package.__path__, package.version = [], version
        lent.update({"distutils": package, "distutils.version": version})
    alias = not hasattr(numpy, "bool")
    sys.modules.update(lent)
    if alias:
        numpy.bool = bool
    try:
        yield
    except BaseException:
        if alias:
            del numpy.bool
        raise
    finally:
        for name in lent:
            sys.modules.pop(name, None)
        sys.modules.update(own)


def _explain(error):
    """Return one line for an import of MXNet that failed: the cause and the remedy."""
    library = re.search(r"lib(gomp|quadmath|gfortran)\.so[.\d]*", str(error))
    if isinstance(error, OSError) and library:
        return (
            f"MXNet {MXNET_VERSION} cannot load the system library {library.group()} "
            f"({error}): type  apt-get install libgomp1 libquadmath0  (Debian, Ubuntu; "
            "elsewhere the packages named libgomp and libquadmath)"
        )
    return (
        f"importing MXNet failed ({type(error).__name__}: {error}): only version "
        f"{MXNET_VERSION} is supported; type  {INSTALL}"
    )


def _import_mxnet():
    """Import MXNet 1.9.1 and return it; ImportError names the cause and the remedy."""
    refusal = _refusal()
    if refusal:
        raise ImportError(refusal)
    with warnings.catch_warnings():
        # Invalid escapes in its sources, numpy.bool: nothing a user could act on.
        warnings.simplefilter("ignore")
        with _lent_names():
            try:
                import mxnet
            except Exception as error:
                raise ImportError(_explain(error)) from error
            if mxnet.__version__ != MXNET_VERSION:
                raise ImportError(
                    f"MXNet {mxnet.__version__} is installed, and only {MXNET_VERSION} "
                    f"is supported: type  {INSTALL}"
                )
    return mxnet


mx = _import_mxnet()
# What MXNet's import leaves, more than 50,000 objects, lives as long as the process.
# Each DataLoader begins with a full collection, which need not walk them every time.
gc.freeze()


def versions():
    """Return the versions that a result depends on."""
    import numpy

    from . import __version__

    return {
        "linreg_gluon": __version__,
        "mxnet": mx.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
    }
