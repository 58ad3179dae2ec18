"""The lecture itself: its data, its claims and how they are measured, its report."""

from .._lazy import offered

ROOMS = {
    "dataset": "LECTURE LIBRARIES Problem lecture_data recorded",
    ".normal": "NormalGenerator",
    "record": "CLAIMS compare headline",
    "lab": "Lab RECORDED",
    "rates": "HEADER LRS as_dict check_rates limits row sweep",
    "exercises": "EXERCISES Exercise exercise",
    "steps": "STEPS Step",
    "document": "FILES markdown",
    "bench": "",
    "report": "",
    "page": "",
    "comparison": "",
    "studies": "",
    "drawings": "",
    "labels": "",
    "terminal": "",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
