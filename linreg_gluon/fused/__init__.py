"""The lecture's steps many at once, hundreds of times faster (docs/fused.md)."""

from .._lazy import offered

ROOMS = {
    "training": "first_batch start_vector train train_with",
    "blocks": "FORMS choose",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
