"""The lecture's steps as compiled graphs, hundreds of times faster (docs/fused.md)."""

from .._lazy import offered

ROOMS = {
    "training": "first_batch start_vector train train_with",
    "forms": "FORMS choose",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
