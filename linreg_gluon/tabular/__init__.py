"""One's own data: from a file of named columns to a report and predictions."""

from .._lazy import offered

ROOMS = {
    "table": "Table read_csv",
    "told": "Reading Choices",
    "plan": "Plan",
    "wording": "listed",
    "preparing": "DTYPES Preparation own_rows",
    "fingerprints": "Leaves fingerprint knows_flat root",
    "experiment": "Experiment",
    "converging": "auto_lr converge",
    "distance": "Distance",
    "counting": "Ordered counted in_training_units",
    "result": "Result",
    "prediction": "added_name predict rows_of write_predictions",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
