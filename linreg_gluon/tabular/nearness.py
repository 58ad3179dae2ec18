"""How near a run is to what it aims at, direction by direction."""

import dataclasses
import math
from typing import Optional

import numpy as np

from ..theory import moments, ridge
from .distance import RESOLUTION

CLOSE = 2  # standard errors: nearer to least squares than the data can tell apart
LEAST_SHARE = 0.25  # of what may be left: never is all of it the jitter's
START_SD = 0.01  # of the initial weights


@dataclasses.dataclass(frozen=True, eq=False)
class Nearness:
    """How far a fit is from its goal along the eigenvectors of Z'Z / n.

    start, now, (k,): how many standard errors the start near 0 and the fit are away, in
    the directions that the data have. kept (k,): what a step leaves of that. jitter:
    the F that SGD's noise adds. parameters (d + 1, k): what that is for each parameter
    in its own standard errors. worst: the furthest one's distance, None where these are
    not defined. rms: of the change in the predictions, as a share of the target's sd.
    noiseless: the data have no noise, and a standard error stands for the dtype's
    resolution.
    """

    goal: str
    start: np.ndarray
    now: np.ndarray
    kept: np.ndarray
    jitter: float
    parameters: np.ndarray
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

    def forgotten(self, steps):
        """Return whether so many steps leave no more of the start than they may."""
        share = max(LEAST_SHARE, 1 - self.jitter)
        left = self.start * self.kept**steps
        if np.mean(left**2) > share:
            return False
        off = 0 if self.worst is None else np.abs(self.parameters @ left).max()
        return off <= CLOSE * math.sqrt(share)

    def said(self):
        """Return the distance in words, without a capital or a full stop."""
        if self.noiseless:
            return (
                "least squares leaves no residual, and the predictions are %.2g of the "
                "target's standard deviation away from it (rms)" % self.rms
            )
        return apart(self.joint, self.worst, self.goal)


def apart(joint, worst, goal):
    """Return two distances from the goal in words; worst None where undefined."""
    joint = "jointly %.2g of what chance moves them by (F)" % joint
    if worst is None:
        return f"the predictions are {joint} from {goal}"
    off = "the furthest parameter is %.2g standard errors" % worst
    return f"{off} from {goal}, all are {joint}"


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
    values, basis = np.linalg.eigh(study.second_moment)
    has = values > 1e-10 * values[-1]
    values, basis = values[has], basis[:, has]
    best = units.unfold(solution.w, solution.b) if solution else None
    if decay:
        best = np.append(*ridge(*study.training, decay))
    across = basis.T @ (np.append(np.float64(result.fit.w), result.fit.b) - best)
    sd = solution.label_sd / units.label_scale if solution else 0
    sd = sd or float(moments(study.training[1])[1]) or 1.0
    noiseless = bool(solution and solution.noiseless)
    sigma = 0 if noiseless else noise(result, n - len(values))
    sigma = sigma or RESOLUTION[dtype] * sd * math.sqrt(n / len(values))
    worst = None
    if solution and solution.unique and not (decay or noiseless):
        worst = float(off_by(result.learned, solution.least).max())
        worst = None if math.isnan(worst) else worst
    begun, per_error = basis.T @ best, np.sqrt(n * values) / sigma
    return Nearness(
        goal="ridge regression" if decay else "least squares",
        start=np.copysign(np.hypot(begun, START_SD), begun) * per_error,
        now=across * per_error,
        kept=np.abs(1 - result.config.lr * (values + decay)),
        jitter=jitter(values, result.config, n),
        parameters=parameters(basis / np.sqrt(values), units),
        worst=worst,
        rms=math.sqrt(float(values @ across**2)) / sd,
        noiseless=noiseless,
        dtype=dtype,
    )


def jitter(values, config, n):
    """Return the F of a constant rate: lr lambda n (1/B - 1/n) / (2 - lr lambda).

    The mean over the directions, for batches of B of n rows (see descent.sgd_spread).
    """
    step = config.lr * values
    part = max(0.0, n / config.batch_size - 1)
    return float(np.mean(np.where(step < 2, step * part / np.abs(2 - step), np.inf)))


def parameters(spread, units):
    """Return (d + 1, k): each parameter of the data's own units along k directions.

    spread: the directions (d + 1, k) over the root of their eigenvalues. Each row has
    the length 1, so that standard errors become standard errors.
    """
    own = spread.copy()
    own[-1] -= (units.mean / units.scale) @ spread[:-1]
    lengths = np.linalg.norm(own, axis=1, keepdims=True)
    return own / np.where(lengths > 0, lengths, 1)  # 0: of a constant column


def noise(result, free):
    """Return the residuals' sd in training units: least squares', else the fit's."""
    solution = result.study.solution
    if solution and solution.least.residual_sd > 0:
        return solution.least.residual_sd / result.study.units.label_scale
    n = result.study.rows["training"]
    return math.sqrt(2 * result.fit.losses[-1] * n / max(1, free))
