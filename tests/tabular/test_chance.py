"""What is said of chance, against chance: 500 seeded sets whose truth is known."""

import numpy as np
import pytest

from linreg_gluon import Config, fused, tabular
from linreg_gluon.tabular.inference import inference

NOISE = {
    "normal": lambda rng, n: rng.normal(size=n),
    "uniform": lambda rng, n: rng.uniform(-1, 1, n),
}


def drawn(seed):
    """Return (features, labels, true [w, b]) of 25 to 200 rows and 1 to 4 columns."""
    rng = np.random.default_rng([seed, 16])
    n, d = int(rng.integers(25, 200)), int(rng.integers(1, 5))
    X = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-3, 4, d) + rng.normal(size=d)
    true = np.append(rng.normal(size=d) / X.std(axis=0), rng.normal())
    noise = list(NOISE.values())[seed % 2](rng, n) * 10.0 ** rng.uniform(-1, 1)
    return X, X @ true[:-1] + true[-1] + noise, true


def f_distance(X, y, theta):
    """Return F of theta against least squares by NumPy's own, another way than ours."""
    Z = np.column_stack([X / X.std(axis=0), np.ones(len(y))])
    best, (rss,), *_ = np.linalg.lstsq(Z, y, rcond=None)
    off = Z @ (np.append(theta[:-1] * X.std(axis=0), theta[-1]) - best)
    k = len(theta)
    return (off @ off / k) / (rss / (len(y) - k))


def runs(seeds, solve):
    """Yield (Result, F distance) of runs to convergence; solve: with the answer known.

    Without, two means at two rates tell, as in the estimator and with many workers.
    """
    auto = "lr", "num_epochs"
    for seed in seeds:
        X, y, _ = drawn(seed)
        study = tabular.Experiment(tabular.Table.of(X, y), solve=solve)
        result = study.train(fused.train, Config(seed=seed), auto=auto, steps=10**5)
        own = result.learned
        yield result, f_distance(X, y, np.append(own.w, own.b))


def wrongly(seeds, solve):
    """Return the shares of runs that converged, and that said so without being it."""
    ends = [(result.ending.converged, F) for result, F in runs(seeds, solve)]
    return np.mean([[yes, yes and F > 0.1] for yes, F in ends], axis=0)


@pytest.mark.parametrize("solve", [True, False])
def test_converged_is_said_of_what_is(solve):
    converged, wrong = wrongly(range(15), solve)
    assert converged > 0.9 and wrong == 0


@pytest.mark.slow
@pytest.mark.parametrize("solve", [True, False])
def test_converged_is_wrong_in_less_than_one_of_a_hundred(solve):
    converged, wrong = wrongly(range(500), solve)
    assert converged > 0.9 and wrong <= 0.01


def test_intervals_hold_the_truth_as_often_as_they_say():
    inside = []
    for seed in range(500):
        X, y, true = drawn(seed)
        solution = tabular.Experiment(tabular.Table.of(X, y)).solution
        found = inference(solution.least, len(y))
        inside.extend((found.low < true) & (true < found.high))
    # 1700 parameters, as good as unrelated: the share's sd is 0.5 %
    assert abs(np.mean(inside) - 0.95) < 0.02
