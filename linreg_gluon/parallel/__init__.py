"""Many workers, one result: the same steps on several processes or machines."""

from .._lazy import offered

ROOMS = {
    "training": "FORMS train",
    "worker": "Single Worker connect join",
    "jobs": "LostError check_exposed command_line free_port plan read_hosts remedy",
    "launcher": "Job",
}
__all__, __getattr__, __dir__ = offered(__name__, ROOMS)
