"""What a training run is told (Config), what it gives back (Fit), what stops it."""

import dataclasses
import math
import numbers
from typing import Tuple

import numpy as np

from . import theory

ADVICE_ROWS = 10000  # enough for the advice of a diverged run, whatever its data


@dataclasses.dataclass(frozen=True)
class Config:
    """The lecture's hyper-parameters (steps 8 and 9).

    lr: learning rate, finite and > 0. num_epochs: passes over the data, >= 1.
    batch_size: examples per step, >= 1; a last batch may be shorter. seed: the initial
    weights and the order of the batches follow from it; 0 to 2**31 - 1.
    Raises ValueError naming the field and the value.
    """

    lr: float = 0.03
    num_epochs: int = 3
    batch_size: int = 10
    seed: int = 0

    def __post_init__(self):
        lr = self.lr
        if isinstance(lr, bool) or not isinstance(lr, numbers.Real):
            raise ValueError(f"lr must be a number, got {lr!r}")
        if not (math.isfinite(lr) and lr > 0):
            raise ValueError(f"lr must be finite and greater than 0, got {lr!r}")
        check_int("num_epochs", self.num_epochs, 1)
        check_int("batch_size", self.batch_size, 1)
        check_int("seed", self.seed, 0, 2**31 - 1)


def check_int(name, value, low, high=None):
    """Raise ValueError unless value is an int in [low, high] (high None: no bound)."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise ValueError(f"{name} must be a whole number, got {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, got {value!r}")
    if high is not None and value > high:
        raise ValueError(f"{name} must be at most {high}, got {value!r}")


@dataclasses.dataclass(frozen=True, eq=False)
class Fit:
    """A trained model: prediction = features @ w + b.

    w: (d,) of the data's dtype. b: float. losses: after each epoch ever trained, the
    mean half squared error over the whole training set; so len(losses) is the number
    of epochs this model has seen.
    """

    w: np.ndarray
    b: float
    losses: Tuple[float, ...] = ()


class InputError(ValueError):
    """What a user gave is wrong: one line naming it, the fault and the remedy."""


class DivergedError(ArithmeticError):
    """The loss after an epoch is not finite.

    epoch: int, counted from 1. lr: the rate that was used. stable_lr: the largest one
    that batches of this size bear on this data (theory.largest_stable_lr).
    """

    def __init__(self, epoch, lr, stable_lr):
        self.epoch, self.lr, self.stable_lr = epoch, lr, stable_lr
        super().__init__(
            f"diverged in epoch {epoch} at lr {lr:g}: the loss is not finite. On this "
            f"data batches of this size are stable up to lr {stable_lr:.3g}: "
            f"try lr {stable_lr / 10:.1g}"
        )


def end_epoch(losses, loss, features, config, on_epoch):
    """Append an epoch's loss to the list losses and tell on_epoch(epoch, loss).

    Raises DivergedError if the loss is not finite. Shared by all paths' train.
    """
    if not math.isfinite(loss):
        rows = features[:ADVICE_ROWS]
        stable_lr = theory.largest_stable_lr(rows, config.batch_size)
        raise DivergedError(len(losses) + 1, config.lr, stable_lr)
    losses.append(float(loss))
    if on_epoch:
        on_epoch(len(losses), losses[-1])
