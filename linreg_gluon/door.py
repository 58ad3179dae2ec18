"""How MXNet 1.9.1 is imported today: the checks before, and one line where it fails.

MXNet 1.9.1 is the last release, and upstream is retired. What it is lent: lent.py; what
is kept of one import for the next: operators.py.
"""

import contextlib
import gc
import os
import platform
import re
import sys
import warnings
from importlib import util

from . import lent, operators

MXNET_VERSION = "1.9.1"
INSTALL = 'pip install "mxnet==1.9.1" "numpy<2"'
# MXNet reads these with C's atoi, and ends the process if it cannot; the least value.
COUNTS = {
    "OMP_NUM_THREADS": None,
    "MXNET_OMP_MAX_THREADS": None,
    "MXNET_MP_WORKER_NTHREADS": None,
    "MXNET_CPU_WORKER_NTHREADS": 1,  # none would hang
    "MXNET_CPU_PRIORITY_NTHREADS": 1,
}


def bad_count():
    """Return what is wrong with a number in the environment, or None."""
    for name, least in COUNTS.items():
        value = os.environ.get(name, "")
        whole = re.fullmatch(r"\s*[+-]?\d{1,9}\s*", value)
        if value and not (whole and (least is None or int(value) >= least)):
            wanted = "one whole number" + (f", at least {least}" if least else "")
            return (
                f"{name}={value} is set in the environment, and MXNet, which wants "
                f"{wanted}, would abort or hang; type  unset {name}  or  "
                f"export {name}=1"
            )
    return None


def refusal():
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
    return bad_count()


def explain(error):
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


def is_open():
    """Return whether this process has imported MXNet through the door."""
    return hasattr(getattr(sys.modules.get("mxnet"), "nd", None), "NDArray") and (
        hasattr(sys.modules["mxnet"].nd.NDArray, "__array__")
    )


@contextlib.contextmanager
def uncollected():
    """Collect no garbage for a while: importing makes 50,000 objects that stay."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def forget():
    """Drop all of a half imported MXNet, for a next import to begin anew.

    Python drops only the module whose import failed. Of one interrupted by Ctrl-C in a
    notebook, parts would be found that no longer come with the names of the whole.
    """
    for name in [name for name in sys.modules if (name + ".").startswith("mxnet.")]:
        del sys.modules[name]


def load(importing):
    """Return the MXNet that importing() imports and returns, mended.

    Raises ImportError naming the cause and the remedy.
    """
    why_not = refusal()
    if why_not:
        raise ImportError(why_not)
    with warnings.catch_warnings():
        # Invalid escapes in its sources, numpy.bool: nothing a user could act on.
        warnings.simplefilter("ignore")
        with lent.names(), operators.kept(), uncollected():
            try:
                mxnet = importing()
            except BaseException as error:
                forget()
                if isinstance(error, Exception):
                    raise ImportError(explain(error)) from error
                raise
            if mxnet.__version__ != MXNET_VERSION:
                raise ImportError(
                    f"MXNet {mxnet.__version__} is installed, and only {MXNET_VERSION} "
                    f"is supported: type  {INSTALL}"
                )
    if not is_open():  # within, where legacy's door is open too
        lent.show_scipy(mxnet)
        lent.show_values(mxnet.nd.NDArray)
    return mxnet
