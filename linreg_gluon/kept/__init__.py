"""A model on disk: what it is, saving and loading, going on with it, serving it."""

from .._lazy import offered

ROOMS = {
    "model": "Model",
    "units": "Units",
    "spread": "Spread",
    "rows": "OnDisk",
    "saving": "save load",
    "export": "export_model",
    "resuming": "Keeping check_same going_on identity train_in_parts",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
