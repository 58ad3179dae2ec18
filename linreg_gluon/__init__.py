"""Linear regression as in "Dive into Deep Learning", in Apache MXNet 1.9.1 and Gluon.

The two paths are modules: ``from linreg_gluon import scratch, concise``. They load
MXNet; what is named here does not.
"""

from .config import Config, DivergedError, Fit
from .data import batch_order, synthetic_data

__version__ = "0.1.0"
__all__ = ["Config", "DivergedError", "Fit", "batch_order", "synthetic_data"]
