"""The lecture itself: its data, its claims and how they are measured, its report."""

from .._lazy import offered

ROOMS = {
    "dataset": "LECTURE LIBRARIES lecture_data",
    "normal": "NormalGenerator",
    "record": "CLAIMS compare headline",
    "claims": "Lab RECORDED",
    "rates": "LRS sweep limits configs row HEADER as_dict",
    "report": "",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
