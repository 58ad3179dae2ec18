"""What a class is shown by training many times: rates, batch sizes, noise, examples.

Every run initialises w and b again and shuffles by a seed of its own, the same for
every value, so that the values differ by nothing else.
"""

import dataclasses
import math

import numpy as np

from .. import scratch
from ..compat import mx
from ..config import DivergedError, check_int
from .rates import Point


@dataclasses.dataclass(frozen=True, eq=False)
class Course:
    """How the runs of one value went.

    value: of what is studied. losses: float64 (runs, epochs + 1), the first before any
    step; inf from where a run diverged. thetas: float64 (runs, d + 1), w and b in the
    end; nan if diverged.
    """

    value: float
    losses: np.ndarray
    thetas: np.ndarray

    def point(self):
        """Return the losses after the last epoch, a rates.Point."""
        return Point(self.value, self.losses[:, -1])


def course(train, data, config, *, value, runs=5):
    """Return the Course of runs with the seeds config.seed, config.seed + 1, ...

    train: a path's train. data: (features, labels), or a function of the seed that
    returns them. Raises ValueError for runs below 1.
    """
    check_int("runs", runs, 1)
    ways = [
        way(train, data, dataclasses.replace(config, seed=config.seed + run))
        for run in range(runs)
    ]
    losses, thetas = zip(*ways)
    return Course(value, np.array(losses), np.array(thetas))


def way(train, data, config):
    """Return the losses of a run (epochs + 1,), and where it ended (d + 1,)."""
    features, labels = data(config.seed) if callable(data) else data
    w, b = scratch.init_params(features.shape[1], config.seed)
    start = features @ w.asnumpy().ravel() + b.asscalar() - labels
    losses = [float(np.mean(start.astype(np.float64) ** 2) / 2)]
    try:
        told = {"on_epoch": lambda epoch, loss: losses.append(loss)}
        fit = train(features, labels, config, **told)
        theta = np.append(fit.w, fit.b).astype(np.float64)
    except DivergedError:
        theta = np.full(features.shape[1] + 1, math.nan)
    # What was told of the epoch that diverged is no loss to draw.
    kept = losses if np.isfinite(theta).all() else losses[:1]
    return kept + [math.inf] * (config.num_epochs + 1 - len(kept)), theta


def vary(train, data, config, field, values, *, runs=5):
    """Yield the Course of each value of a field of config: "lr" or "batch_size".

    Raises ValueError, before any work, naming a value that the field cannot have.
    """
    configs = [dataclasses.replace(config, **{field: value}) for value in values]
    pairs = zip(values, configs)
    return (course(train, data, one, value=value, runs=runs) for value, one in pairs)


def vary_data(train, problem, config, field, values, *, runs=5):
    """Yield (value, measured rms error, expected_error) of values of a Problem's field.

    field: "noise" or "num_examples". Each run has data of its own as well.
    """
    for value in values:
        one = dataclasses.replace(problem, which="synthetic", **{field: value})
        found = course(train, one.data, config, value=value, runs=runs)
        yield value, rms_error(found, one), expected_error(one, config)


def rms_error(course, problem):
    """Return the root mean square of learned minus true, over runs and parameters."""
    true = np.append(problem.true_w, problem.true_b)
    return float(np.sqrt(np.mean((course.thetas - true) ** 2)))


def expected_error(problem, config):
    """Return theory's (rms error of least squares, rms error of SGD) for a Problem.

    For features of mean 0 and variance 1, as synthetic ones have, and lr below 1. SGD
    adds what is left of the start, and its jitter: an epoch visits every example once,
    so that the noises of its steps add up to zero and only their weights differ.
    """
    steps = math.ceil(problem.num_examples / config.batch_size)
    kept = (1 - config.lr) ** np.arange(steps)  # of each step's noise, the last first
    jitter = config.lr**2 * problem.noise**2 / config.batch_size
    jitter *= kept @ kept - kept.sum() ** 2 / steps
    jitter /= 1 - (1 - config.lr) ** (2 * steps)  # earlier epochs' as well
    true = np.append(problem.true_w, problem.true_b)
    start = np.mean(true**2) * (1 - config.lr) ** (2 * steps * config.num_epochs)
    exact = problem.noise / math.sqrt(problem.num_examples)
    return exact, math.sqrt(exact**2 + jitter + start)


def trap(features, labels, *, steps=30, lr=0.5):
    """Return where full-batch descent goes, {"with": path, "without": path} of step 7.

    Each path is float64 (steps + 1, d + 1), w and b from the start on; "without" leaves
    the reshape out of the loss.
    """

    def trapped(y_hat, y):
        return (y_hat - y) ** 2 / 2  # (n, 1) - (n,) is (n, n), and nobody warns

    losses = {"with": scratch.squared_loss, "without": trapped}
    data = mx.nd.array(features), mx.nd.array(labels)
    return {name: walk(*data, loss, steps, lr) for name, loss in losses.items()}


def walk(X, y, loss, steps, lr):
    """Return the path (steps + 1, d + 1) of full-batch descent on a loss."""
    w, b = scratch.init_params(X.shape[1], 0)
    for param in (w, b):
        param.attach_grad()
    path = [np.append(w.asnumpy(), b.asscalar())]
    for _ in range(steps):
        with mx.autograd.record():
            l = loss(scratch.linreg(X, w, b), y)
        l.backward()
        scratch.sgd([w, b], lr, l.size)
        path.append(np.append(w.asnumpy(), b.asscalar()))
    return np.array(path, dtype=np.float64)
