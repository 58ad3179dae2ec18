"""What a training run is told (Config), what it gives back (Fit), what stops it."""

import dataclasses
import math
import numbers
from typing import Tuple

import numpy as np

from . import theory

SAMPLE = 1024  # labels whose spread is looked at first


@dataclasses.dataclass(frozen=True)
class Config:
    """The lecture's hyper-parameters (steps 8 and 9).

    lr: learning rate, finite and > 0. num_epochs: passes over the data, >= 1.
    batch_size: examples per step, >= 1; a last batch may be shorter. seed: the initial
    weights and the order of the batches follow from it; 0 to 2**31 - 1.
    Beyond the lecture, each without effect by default: weight_decay, >= 0: every step
    also takes lr * weight_decay * w off w (never off b). lr_decay: lr is multiplied by
    it after each epoch; above 0, at most 1. average: the share of the epochs, the last
    ones, over whose iterates the result is the mean (one after every step); 0 to 1,
    and 0 is the last iterate itself.
    Raises ValueError naming the field and the value.
    """

    lr: float = 0.03
    num_epochs: int = 3
    batch_size: int = 10
    seed: int = 0
    weight_decay: float = 0.0
    lr_decay: float = 1.0
    average: float = 0.0

    def __post_init__(self):
        check_real("lr", self.lr, "greater than 0", lambda lr: lr > 0)
        check_int("num_epochs", self.num_epochs, 1)
        check_int("batch_size", self.batch_size, 1)
        check_int("seed", self.seed, 0, 2**31 - 1)
        check_real("weight_decay", self.weight_decay, "at least 0", lambda v: v >= 0)
        between = "above 0 and at most 1", lambda v: 0 < v <= 1
        check_real("lr_decay", self.lr_decay, *between)
        check_real("average", self.average, "from 0 to 1", lambda v: 0 <= v <= 1)

    def lr_at(self, epoch):
        """Return the learning rate of an epoch, counted from 0."""
        return self.lr * self.lr_decay**epoch

    @property
    def num_averaged(self):
        """The number of epochs, the last ones, over whose iterates the mean is."""
        return max(1, round(self.average * self.num_epochs)) if self.average else 0


def check_real(name, value, wanted, is_wanted):
    """Raise ValueError unless value is a finite number for which is_wanted holds."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ValueError(f"{name} must be a number, got {value!r}")
    if not (math.isfinite(value) and is_wanted(value)):
        raise ValueError(f"{name} must be finite and {wanted}, got {value!r}")


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
    of epochs this model has seen. The last one is that of w and b.
    """

    w: np.ndarray
    b: float
    losses: Tuple[float, ...] = ()

    def predict(self, features):
        """Return features @ w + b, (n,), for features NumPy (n, d); or ValueError."""
        features = np.asarray(features)
        if features.ndim != 2 or features.shape[1] != len(self.w):
            wanted, shape = len(self.w), features.shape
            raise ValueError(f"features must have shape (n, {wanted}), got {shape}")
        return features @ np.asarray(self.w) + self.b


class InputError(ValueError):
    """What a user gave is wrong: one line naming it, the fault and the remedy."""


class DivergedError(ArithmeticError):
    """The loss after an epoch is not finite, or above that of predicting the mean.

    The latter counts at a rate above the largest stable one only: below it the loss is
    still coming down. epoch: int, counted from 1. lr: the rate that was used.
    stable_lr: the largest one that batches of this size bear on this data
    (theory.largest_stable_lr). found: what the loss is, in words.
    """

    def __init__(self, epoch, lr, stable_lr, found="is not finite"):
        self.epoch, self.lr, self.stable_lr, self.found = epoch, lr, stable_lr, found
        super().__init__(epoch, lr, stable_lr, found)

    def __str__(self):
        return (
            f"diverged in epoch {self.epoch} at lr {self.lr:g}: the loss {self.found}. "
            "On this data batches of this size are stable up to lr "
            f"{self.stable_lr:.3g}: try lr {self.stable_lr / 10:.1g}"
        )


class once:
    """A property that is computed at the first look: cached_property without a lock.

    That one's lock, on Python 3.8 to 3.11, is shared by all instances: of two workers
    that are threads of one process, and wait for each other's part of a sum, one would
    wait for it and never come.
    """

    def __init__(self, function):
        self.function, self.__doc__ = function, function.__doc__

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.function(instance)
        return value


class Watch:
    """What is done after each epoch of a train: the loss is judged, kept and told.

    features (n, d), labels (n,): what is trained on. on_epoch(epoch, loss): None, or
    told after each epoch. everyone: as theory.Alone says; all end each epoch together.
    """

    def __init__(
        self, features, labels, config, on_epoch=None, *, everyone=theory.ALONE
    ):
        self.features, self.labels = features, labels
        self.config, self.on_epoch, self.everyone = config, on_epoch, everyone

    def end_epoch(self, losses, loss):
        """Append an epoch's loss to the list losses and tell on_epoch(epoch, loss).

        Raises DivergedError as that says.
        """
        # The usual case costs one comparison; nan is not <= anything.
        if not loss <= self.low_bar and self.diverged(loss):
            found = "is not finite"
            if math.isfinite(loss):
                found = (
                    f"{loss:.3g} is above {self.bar:.3g}, that of predicting the mean"
                )
            lr = self.config.lr
            raise DivergedError(len(losses) + 1, lr, self.stable_lr, found)
        losses.append(float(loss))
        self.tell(len(losses), losses[-1])

    def tell(self, epoch, loss):
        """Call on_epoch, if there is one. (guard.py knows its calls by this frame.)"""
        if self.on_epoch:
            self.on_epoch(epoch, loss)

    def diverged(self, loss):
        """Return whether this is the loss after an epoch of a run that diverged."""
        if not math.isfinite(loss):
            return True
        return loss > self.bar and not self.gentle and self.config.lr > self.stable_lr

    @once
    def bar(self):
        """The loss of predicting the labels' mean."""
        return float(theory.moments(self.labels, self.everyone)[1]) ** 2 / 2

    @once
    def low_bar(self):
        """What bar is not below, for less work: half of it where labels are few.

        The squared deviations of a sample are a part of those of all labels.
        """
        if self.everyone.size > 1:
            return self.bar
        n = len(self.labels)
        sample = self.labels[:: -(-n // SAMPLE)].astype(np.float64) - self.labels[0]
        with np.errstate(all="ignore"):  # float64 labels may overflow a square
            square = sample @ sample - sample.sum() ** 2 / len(sample)
        return float(square) / (4 * n)

    @once
    def gentle(self):
        """Whether the rate is so small that theory need not be asked, of everyone."""
        calm = theory.surely_stable(self.features, self.config.lr)
        return self.everyone.sum(np.float64(calm)) == self.everyone.size

    @once
    def stable_lr(self):
        """The largest rate that batches of this size bear, as the rows tell."""
        size = self.config.batch_size
        return theory.sampled_stable_lr(self.features, size, self.everyone)
