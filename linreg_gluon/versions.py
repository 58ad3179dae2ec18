"""The versions that a result depends on."""

import platform
from importlib import metadata

import numpy

from . import __version__


def versions():
    """Return {name: version}, None for MXNet where it is not installed.

    MXNet is not imported for it: fused trains without.
    """
    try:
        mxnet = metadata.version("mxnet")
    except metadata.PackageNotFoundError:
        mxnet = None
    return {
        "linreg_gluon": __version__,
        "mxnet": mxnet,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
    }
