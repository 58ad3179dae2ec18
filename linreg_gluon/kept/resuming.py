"""Keeping a model while it is trained, and going on with a kept one.

The order of the batches is a function of (seed, epoch), and plain SGD has no state but
the parameters: so going on from a saved epoch gives, bit for bit, what the run would
have given without the stop, as long as data, columns, seed and batch size are the same.
"""

import dataclasses
from typing import Optional

from ..config import InputError
from . import saving
from .export import export_model
from .model import Model


ABSENT = {"log_target": False}  # in models of older versions


@dataclasses.dataclass(frozen=True)
class Keeping:
    """How a run is kept, and which kept one it goes on with.

    save_prefix: of the model's files, None to keep nothing. save_interval: epochs
    between two saves, None for the end alone; the workers of a job train in the same
    parts, though one alone saves. export: prefix of the files for serving.
    resume, resumed: the prefix of the model to go on with and that Model; see going_on.
    """

    save_prefix: Optional[str] = None
    save_interval: Optional[int] = None
    export: Optional[str] = None
    resume: Optional[str] = None
    resumed: Optional[Model] = None

    @property
    def fit(self):
        """The Fit to go on from, or None."""
        return self.resumed.fit if self.resumed else None

    @property
    def epochs_seen(self):
        """How many epochs the model to go on with has seen."""
        return len(self.fit.losses) if self.fit else 0

    def epochs_left(self, config):
        """Return how many epochs of config.num_epochs are still to be trained."""
        return config.num_epochs - self.epochs_seen


def going_on(prefix, **told):
    """Return the Keeping that goes on with the model saved under a prefix.

    told: other fields; the model is kept where it was unless save_prefix says
    otherwise. Raises InputError where the model cannot be loaded.
    """
    model, prefix = saving.load(prefix), saving.bare(prefix)
    return Keeping(**{"save_prefix": prefix, **told}, resume=prefix, resumed=model)


def identity(names, config, dtype, data):
    """Return what must stay the same for a run to be gone on with, by name."""
    held = "seed", "batch_size", "weight_decay"
    settings = {name: getattr(config, name) for name in held}
    return {"columns": " ".join(names), **settings, "dtype": str(dtype), **data}


def check_same(keeping, now, num_epochs):
    """Raise InputError naming what differs from the model to go on with, if any.

    now: the identity of this run. num_epochs: how many it wants in all.
    """
    model = keeping.resumed
    if not model:
        return
    before = identity(model.names, model.config, model.dtype, model.data)
    for name, value in now.items():
        if before.get(name, ABSENT.get(name)) != value:
            was = before.get(name, ABSENT.get(name))
            raise InputError(
                f"--resume {keeping.resume}: {name} was {was} and is now {value}; "
                "give what the model was trained with, or start anew without --resume"
            )
    if num_epochs < keeping.epochs_seen:
        raise InputError(
            f"--resume {keeping.resume}: the model has seen {keeping.epochs_seen} "
            f"epochs, and --epochs {num_epochs} counts those; ask for at least "
            f"{keeping.epochs_seen}"
        )


def train_in_parts(train, config, keeping, as_model):
    """Train what is left of config.num_epochs, saving as told; return the Fit.

    train(config, start) -> Fit trains config.num_epochs more epochs. as_model(fit) is
    the Model to keep.
    """
    if keeping.save_prefix or keeping.export:
        saving.check_mxnet()
    fit, left = keeping.fit, keeping.epochs_left(config)
    while left:
        part = min(keeping.save_interval or left, left)
        fit = train(dataclasses.replace(config, num_epochs=part), fit)
        left -= part
        if keeping.save_prefix:
            saving.save(keeping.save_prefix, as_model(fit))
    moved = keeping.save_prefix != keeping.resume
    if keeping.save_prefix and not keeping.epochs_left(config) and moved:
        saving.save(keeping.save_prefix, as_model(fit))
    if keeping.export:
        export_model(keeping.export, as_model(fit))
    return fit
