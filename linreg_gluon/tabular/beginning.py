"""What of a Config is found instead of given: before a run, and by it."""

import dataclasses

from .. import theory
from ..config import InputError
from .converging import auto_lr


def decay_of(config, keeping, auto):
    """Return a Config with the weight decay of a kept run, where it was found there."""
    if "weight_decay" not in auto or not keeping.resumed:
        return config
    decay = keeping.resumed.config.weight_decay  # found before, on the same rows
    return dataclasses.replace(config, weight_decay=decay)


def begun(study, config, keeping, auto):
    """Return the Config to begin with. study: an Experiment; auto: as for its train.

    Raises InputError where it takes all rows and this process has a part of them.
    """
    config = decay_of(config, keeping, auto)
    if "weight_decay" in auto and not keeping.resumed:
        if study.whole:
            text = "--weight-decay auto is for one process: give a number"
            raise InputError(text)
        decay = theory.LeaveOneOut(*study.training).best()
        config = dataclasses.replace(config, weight_decay=decay)
    if "num_epochs" in auto:  # one part, whatever its epochs
        return dataclasses.replace(config, num_epochs=keeping.epochs_seen + 1)
    if "lr" not in auto:
        return config
    told = config.batch_size, study.everyone, config.weight_decay
    lr = auto_lr(study.training[0], *told)
    return dataclasses.replace(config, lr=lr, average=config.average or 0.5)


def settled(config, fit, endings):
    """Return the Config as it was in the end, where some of it was found."""
    for ending in endings:
        told = {"lr": ending.lr, "num_epochs": len(fit.losses), "average": 0.5}
        config = dataclasses.replace(config, **told)
    return config
