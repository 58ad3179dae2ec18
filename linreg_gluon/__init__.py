"""Linear regression as in "Dive into Deep Learning", in Apache MXNet 1.9.1 and Gluon.

The two parts of the lecture are ``scratch`` and ``concise``; ``fused`` takes the same
steps many times faster, ``tabular`` is for one's own data, ``mx`` is MXNet itself. Each
is loaded when it is first asked for.
"""

from ._lazy import offered

__version__ = "0.1.0"
ROOMS = {
    "config": "Config DivergedError Fit",
    "data": "batch_order synthetic_data",
    "progress": "progress_bar",
    "scratch": "",
    "concise": "",
    "fused": "",
    "tabular": "",
    "lecture": "lecture_data",
    "compat": "mx",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
