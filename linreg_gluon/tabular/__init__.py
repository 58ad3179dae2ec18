"""One's own data: from a file of named columns to a report and predictions."""

from .._lazy import offered

ROOMS = {
    "table": "Table read_csv",
    "preparing": "Preparation own_rows",
    "experiment": "Experiment",
    "result": "Result",
    "prediction": "added_name predict_csv write_predictions",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
