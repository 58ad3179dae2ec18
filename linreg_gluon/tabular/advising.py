"""How near a run is to what it aims at, and what would bring it nearer."""

import dataclasses
import math
from typing import Optional

import numpy as np

from ..theory import moments, ridge, second_moment
from .distance import RESOLUTION

CLOSE = 2  # standard errors: nearer to least squares than the data can tell apart
FORGOTTEN = 0.25  # of F's mean: so much of the start may be left, besides the jitter


@dataclasses.dataclass(frozen=True, eq=False)
class Nearness:
    """How far a fit is from its goal along the eigenvectors of Z'Z / n.

    start, now, (k,): how many standard errors the start of 0 and the fit are away, in
    the directions that the data have. kept (k,): what a step leaves of that. worst: the
    furthest parameter's distance in standard errors, None where these are not defined.
    rms: of the change in the predictions, as a share of the target's sd. noiseless: the
    data have no noise, and a standard error stands for float32's resolution.
    """

    goal: str
    start: np.ndarray
    now: np.ndarray
    kept: np.ndarray
    worst: Optional[float]
    rms: float
    noiseless: bool
    dtype: str

    @property
    def joint(self):
        """The F statistic of all parameters: 1 is what chance moves them by."""
        return float(self.now @ self.now) / len(self.now)

    @property
    def exact(self):
        """Whether the predictions are the goal's up to the rounding of the dtype."""
        return self.rms <= RESOLUTION[self.dtype]

    @property
    def close(self):
        """Whether the data cannot tell the fit from the goal."""
        if self.noiseless:
            return self.exact
        return self.joint <= 1 and (self.worst or 0) <= CLOSE

    def said(self):
        """Return the distance in words, without a capital or a full stop."""
        if self.noiseless:
            return (
                "least squares leaves no residual, and the predictions are %.2g of the "
                "target's standard deviation away from it (rms)" % self.rms
            )
        joint = "jointly %.2g of what chance moves them by (F)" % self.joint
        if self.worst is None:
            return f"the predictions are {joint} from {self.goal}"
        off = "the furthest parameter is %.2g standard errors" % self.worst
        return f"{off} from {self.goal}, all are {joint}"


def off_by(own, exact):
    """Return |learned - least squares| per parameter, b last, in standard errors."""
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.abs(own.w - exact.w) / exact.se_w
        return np.append(w, np.abs(own.b - exact.b) / np.float64(exact.se_b))


def nearness(result):
    """Return the Nearness of a Result; None where there is nothing to measure by.

    The goal is ridge regression with weight decay, else least squares; noise is always
    what least squares leaves, or where that is not to be had what the fit does.
    """
    study, decay = result.study, result.config.weight_decay
    solution, units = study.solution, study.units
    n, dtype = study.rows["training"], study.preparation.dtype
    if solution is None and not decay or decay and study.whole:
        return None
    values, basis = np.linalg.eigh(second_moment(study.training[0]))
    has = values > 1e-10 * values[-1]
    values, basis = values[has], basis[:, has]
    best = units.unfold(solution.w, solution.b) if solution else None
    if decay:
        w, b = ridge(*study.training, decay)
        best = np.append(w, b)
    across = basis.T @ (np.append(np.float64(result.fit.w), result.fit.b) - best)
    sd = solution.label_sd / units.label_scale if solution else None
    sd = sd or float(moments(study.training[1])[1]) or 1.0
    noiseless = bool(solution and solution.noiseless)
    sigma = RESOLUTION[dtype] * sd * math.sqrt(n / len(values))
    if not noiseless:
        sigma = noise(result, n - len(values)) or sigma
    per_error = np.sqrt(n * values) / sigma
    worst = None
    if solution and solution.unique and not (decay or noiseless):
        worst = float(off_by(result.learned, solution.least).max())
        worst = None if math.isnan(worst) else worst
    return Nearness(
        goal="ridge regression" if decay else "least squares",
        start=np.abs(basis.T @ best) * per_error,
        now=across * per_error,
        kept=np.abs(1 - result.config.lr * (values + decay)),
        worst=worst,
        rms=math.sqrt(float(values @ across**2)) / sd,
        noiseless=noiseless,
        dtype=dtype,
    )


def noise(result, free):
    """Return the residuals' sd in training units: least squares', else the fit's."""
    solution = result.study.solution
    if solution and solution.least.residual_sd > 0:
        return solution.least.residual_sd / result.study.units.label_scale
    n = result.study.rows["training"]
    return math.sqrt(2 * result.fit.losses[-1] * n / max(1, free))


def advice(result):
    """Return one sentence: how near the goal a run came, and what would help.

    None where there is nothing to measure by.
    """
    near, ending = nearness(result), result.ending
    if not (near or ending):
        return None
    if near and (near.noiseless and near.exact or ending and ending.exact):
        return f"The predictions are those of {near.goal}, exact up to {near.dtype}."
    if ending:
        text = near.said() if near else ending_said(ending)
        text = ("Converged: " if ending.converged else "Not converged: ") + text
        return f"{text}; {ending.reason}." if ending.reason else text + "."
    text = near.said()
    text = text[0].upper() + text[1:]
    if near.close:
        return f"{text}: closer than the data can tell apart."
    return f"{text}. {remedy(result, near)}"


def ending_said(ending):
    """Return the distance that an Ending measured, between two stages for example."""
    joint = "jointly %.2g of what chance moves them by (F)" % ending.joint
    if ending.off_by is None:
        return f"the predictions are {joint} from {ending.goal}"
    off = "the furthest parameter is %.2g standard errors" % ending.off_by
    return f"{off} from {ending.goal}, all are {joint}"


def remedy(result, near):
    """Return one sentence: whether more epochs or a smaller lr would help.

    SGD misses least squares by what is left of its start and by its own jitter, which a
    smaller lr or larger batches reduce. In the direction of an eigenvector v_i of
    Z'Z/n, with the eigenvalue lambda_i, the start of 0 is

        t_i = |v_i' theta| sqrt(n lambda_i) / sigma

    standard errors away, and T steps leave t_i (1 - lr lambda_i)^T of them.
    """
    steps = math.ceil(result.study.rows["training"] / result.config.batch_size)
    left = near.start * near.kept ** (steps * len(result.fit.losses))
    if left @ left > near.now @ near.now / 4 and (near.kept < 1).all():
        epochs = math.ceil(steps_to_forget(near.start, near.kept) / steps)
        return "More epochs would help: theory asks for about --epochs %d." % epochs
    return (
        "A smaller --lr or a larger --batch-size would help: it is SGD's jitter that "
        "keeps them there."
    )


def steps_to_forget(start, kept):
    """Return the fewest steps that leave FORGOTTEN of the start, by bisection."""
    low, high = 0, 1

    def left(steps):
        return np.mean((start * kept**steps) ** 2)

    while left(high) > FORGOTTEN and high < 2**60:
        low, high = high, 2 * high
    while high - low > max(1, high // 1000):
        middle = (low + high) // 2
        low, high = (middle, high) if left(middle) > FORGOTTEN else (low, middle)
    return high
