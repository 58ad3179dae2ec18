"""Many workers, one result: the same steps on several processes or machines."""

from .._lazy import offered

ROOMS = {
    "worker": "train Worker connect join",
    "launcher": "",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
