"""The learning-rate bench: real runs at every rate and batch size, step by step.

A page shows them to a reader's own hand. All rates walk side by side through scratch's
own pieces: w is (2, R), a rate a column, and each column takes the steps that
scratch.train takes at its rate.
"""

import dataclasses
import math
from typing import Tuple

import numpy as np

from .. import fused, scratch
from ..compat import classic_arrays, mx
from ..config import Config, DivergedError
from .rates import LRS

nd = mx.nd
BATCH_SIZES = (1, 10, 100, 1000)
TELLING = (0.001, 0.03, 1.0, 3.0)  # too small, the lecture's, the largest, too large
AT_FLOOR = 1.05  # times least squares' loss: SGD's own spread is below 5 % of it


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
    """One recorded run from the notebooks' initial weights.

    lr, batch_size: what it was told. epochs (k,): how far each recorded point is into
    the run, 0 to 3. w float64 (k, 2) and losses float64 (k,): where it was, and the
    loss of all examples there; neither need be finite. ends: the losses after each
    epoch as train gives them, fewer where it diverged. floor: least squares' loss.
    """

    lr: float
    batch_size: int
    epochs: np.ndarray
    w: np.ndarray
    losses: np.ndarray
    ends: Tuple[float, ...]
    floor: float

    @property
    def diverged(self):
        """Return whether train ended in a DivergedError."""
        return len(self.ends) < Config.num_epochs

    @property
    def outcome(self):
        """Return "diverged", "floor" or "above": where the last loss lies."""
        if self.diverged:
            return "diverged"
        return "floor" if self.ends[-1] < AT_FLOOR * self.floor else "above"


def runs(lab, lrs=LRS, batch_sizes=BATCH_SIZES):
    """Return {(lr, batch_size): Run} on a Lab's data: three epochs, all of seed 0."""
    found = {}
    for batch_size in batch_sizes:
        epochs, thetas = walk(lab, lrs, batch_size)
        for column, lr in enumerate(lrs):
            theta = thetas[:, :, column]
            ends = epoch_losses(lab, Config(lr=lr, batch_size=batch_size))
            parts = epochs, theta[:, :2], losses(lab, theta), ends, lab.best.loss
            found[lr, batch_size] = Run(lr, batch_size, *parts)
    return found


@classic_arrays
def walk(lab, lrs, batch_size):
    """Walk the lecture's loop at all rates at once.

    Return (epochs (k,), [w, b] float64 (k, 3, R)), both at the steps of ``kept``.
    """
    config, wide = Config(batch_size=batch_size), (1, len(lrs))
    X, y = nd.array(lab.data[0]), nd.tile(nd.array(lab.data[1]).reshape((-1, 1)), wide)
    w = nd.tile(nd.array(lab.start[0]).reshape((-1, 1)), wide)
    params, lr = [w, nd.zeros((len(lrs),))], nd.array(lrs)
    for param in params:
        param.attach_grad()
    steps = -(-len(X) // batch_size)
    told = kept(steps * config.num_epochs)
    places, step = [stacked(params)], 0
    for epoch in range(config.num_epochs):
        for rows, labels in scratch.data_iter(batch_size, X, y, epoch=epoch):
            with mx.autograd.record():
                l = scratch.squared_loss(scratch.linreg(rows, *params), labels)
            l.backward()
            scratch.sgd(params, lr, len(labels))
            step += 1
            if step in told:
                places.append(stacked(params))
    return np.array(sorted(told)) / steps, np.array(places, dtype=np.float64)


def kept(steps):
    """Return which of so many steps are recorded: the first 50, and 50 of the rest."""
    return {*range(min(steps, 50) + 1), *np.linspace(0, steps, 51).round().astype(int)}


def stacked(params):
    """Return w (2, R) and b (R,) as one NumPy array (3, R)."""
    return np.vstack([param.asnumpy() for param in params])


def losses(lab, theta):
    """Return the mean half squared error (k,) of each row of theta (k, 3)."""
    features, labels = (array.astype(np.float64) for array in lab.data)
    with np.errstate(all="ignore"):  # a run that diverges overflows
        residuals = features @ theta[:, :2].T + theta[:, 2] - labels[:, None]
        return (residuals**2).mean(axis=0) / 2


def epoch_losses(lab, config):
    """Return the losses that train gives, those before it diverged."""
    told = []
    try:
        fit = fused.train(
            *lab.data, config, start=lab.start, on_epoch=lambda *each: told.append(each)
        )
    except DivergedError as error:
        return tuple(loss for _, loss in told[: error.epoch - 1] if math.isfinite(loss))
    return fit.losses
