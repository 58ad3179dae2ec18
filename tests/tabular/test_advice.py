"""The epochs that are advised against those that do it: within a factor of three."""

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets

from linreg_gluon import Config, fused, tabular, theory
from linreg_gluon.tabular.advising import advice
from linreg_gluon.tabular.nearness import nearness

SMALL = Path(__file__).parent / "small"
RNG = np.random.default_rng(9)
WEAK = RNG.normal(size=(300, 6)) * [1, 1, 1, 1, 1, 0.2]
SETS = {
    "houses": lambda: tabular.read_csv(str(SMALL.parents[2] / "docs/houses.csv"), "price"),
    "near": lambda: tabular.read_csv(str(SMALL / "near_0.csv"), "y"),
    "diabetes": lambda: tabular.Table.of(*datasets.load_diabetes(return_X_y=True)),
    "iris": lambda: tabular.Table.of(*np.split(datasets.load_iris().data, [3], axis=1)),
    "weak": lambda: tabular.Table.of(WEAK, WEAK.sum(axis=1) / 5 + RNG.normal(size=300)),
}


def first(enough, low, high):
    """Return about the smallest whole number that is enough, in steps of a tenth."""
    while not enough(high):
        low, high = high, int(high * 1.5) + 1
    while high > low * 1.1 + 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@pytest.mark.parametrize("name", SETS)
def test_advised_epochs_do_it(name):
    study = tabular.Experiment(SETS[name]())
    n = study.rows["training"]
    lr = 0.3 * theory.largest_stable_lr(study.training[0])

    def after(num_epochs):
        return study.train(fused.train, Config(lr, num_epochs, batch_size=n))

    advised = int(re.search(r"--epochs (\d+)", advice(after(1))).group(1))
    did = first(lambda k: nearness(after(k)).close, 0, max(1, advised // 4))
    assert did / 3 <= advised <= 3 * did


@pytest.mark.parametrize("name", ["houses", "weak"])
def test_mini_batches_do_it_too(name):
    study = tabular.Experiment(SETS[name]())
    early = study.train(fused.train, Config(lr=0.003, num_epochs=1))
    advised = int(re.search(r"--epochs (\d+)", advice(early)).group(1))

    def close(num_epochs):
        return nearness(study.train(fused.train, Config(0.003, num_epochs))).close

    did = first(close, 0, max(1, advised // 4))
    assert did / 3 <= advised <= 3 * did


def test_near_is_measured_as_the_solver_does():
    study = tabular.Experiment(SETS["houses"]())
    result = study.train(fused.train, Config(lr=0.03, num_epochs=3))
    near, exact, own = nearness(result), study.exact, result.learned
    X = study.units.mean + study.units.scale * study.training[0].astype(float)
    off = X @ (own.w - exact.w) + own.b - exact.b
    # float32 features and parameters
    F = off @ off / (len(exact.w) + 1) / exact.residual_sd**2
    assert near.joint == pytest.approx(F, rel=1e-4)
    parameters = np.abs(near.parameters @ near.now)
    wanted = np.abs(np.append(own.w - exact.w, own.b - exact.b))
    wanted /= np.append(exact.se_w, exact.se_b)
    assert parameters == pytest.approx(wanted, rel=1e-3, abs=1e-3)
