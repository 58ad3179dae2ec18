"""For programs of MXNet's time, unmodified: ``import linreg_gluon.legacy`` first.

Or ``%load_ext linreg_gluon.legacy``; or ``python -m linreg_gluon.legacy old.py``. From
then on ``import mxnet`` works, and names that Python, NumPy and others have dropped
since are lent where they are missing. See docs/legacy.md.
"""

from .lending import Door, lend, load_ipython_extension, report

__all__ = ["Door", "lend", "load_ipython_extension", "report"]
lend()
