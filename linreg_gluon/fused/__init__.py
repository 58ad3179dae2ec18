"""The lecture's steps as compiled graphs, hundreds of times faster (docs/fused.md)."""

from .._lazy import offered

ROOMS = {"training": "train train_with first_batch", "forms": "FORMS choose"}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
