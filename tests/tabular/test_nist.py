"""Certified regressions of NIST's Statistical Reference Datasets (public domain).

Norris (calibration of ozone monitors) and Pontius (a load cell), with the values that
https://www.itl.nist.gov/div898/strd/lls/lls.shtml certifies to 15 digits, computed by
NIST with 500 digits. Digits here are log relative errors, as NIST counts them.
"""

import json

import numpy as np
import pytest
from conftest import ROOT

from linreg_gluon import Config, fused, theory
from linreg_gluon.kept import Units
from linreg_gluon.tabular import read_csv


def digits(found, certified):
    """Return how many digits the worst of some values has right."""
    found, certified = np.asarray(found), np.asarray(certified, np.float64)
    error = np.abs(found - certified) / np.abs(certified)
    return -np.log10(np.maximum(error, 1e-15).max())


class Problem:
    """One reference set: X (n, degree), powers of x; y (n,); what is certified."""

    def __init__(self, name):
        folder = ROOT / "tests" / "nist"
        content = json.loads((folder / (name + ".json")).read_text())
        table = read_csv(str(folder / (name + ".csv")), "y", dtype="float64")
        self.X = table.features ** np.arange(1, content["degree"] + 1)
        self.y, certified = table.labels, content["certified"]
        self.theta = list(map(float, certified["parameters"].values()))
        self.se = list(map(float, certified["standard_deviations"].values()))
        self.residual_sd = float(certified["residual_standard_deviation"])
        self.r2 = float(certified["r_squared"])


@pytest.fixture(scope="module")
def norris():
    return Problem("Norris")


@pytest.fixture(scope="module", params=["Norris", "Pontius"])
def problem(request):
    return Problem(request.param)


def test_least_squares_is_certified(problem):
    exact = theory.least_squares(problem.X, problem.y)
    # 12.2 and 13.2 on this machine; other BLAS libraries sum in another order
    assert digits([exact.b, *exact.w], problem.theta) >= 11
    assert digits([exact.se_b, *exact.se_w], problem.se) >= 11
    assert digits(exact.residual_sd, problem.residual_sd) >= 11
    assert digits(exact.r2, problem.r2) >= 13


def test_uncentred_would_lose_digits():
    pontius = Problem("Pontius")
    Z = np.column_stack([np.ones(40), pontius.X])
    theta = np.linalg.lstsq(Z, pontius.y, rcond=None)[0]
    assert digits(theta, pontius.theta) < 9  # the naive way is seen to be worse


def full_batch(path, problem, dtype):
    """Return (b, w) after 200 epochs of one batch each, in standard units."""
    units = Units.standard(problem.X, problem.y)
    data = units.convert(problem.X, problem.y, dtype)
    config = Config(lr=0.9, num_epochs=200, batch_size=len(problem.y))
    own = units.fold(path.train(*data, config))
    return [own.b, *own.w]


@pytest.mark.parametrize("dtype, enough", [("float32", 4), ("float64", 10)])
def test_full_batch_reaches_certified(path, norris, dtype, enough):
    # float32: b = -0.26 is what is left of means of 420, so 7 digits become 4; one unit
    # of the last place of b in standard units is 4e-5 here, and fused composes steps
    if path is fused and dtype == "float32":
        enough = 3.5
    assert digits(full_batch(path, norris, dtype), norris.theta) >= enough


def test_minibatches_within_theory(path, norris):
    units = Units.standard(norris.X, norris.y)
    data = units.convert(norris.X, norris.y, "float32")
    config = Config(lr=0.03, num_epochs=300, batch_size=10)
    fit = path.train(*data, config)
    exact = theory.least_squares(*data)
    sigma, true = exact.residual_sd, [*exact.w, exact.b]
    tolerance = 5 * theory.sgd_spread(config, sigma)  # T = 1200: nothing of the start
    assert np.abs([*fit.w, fit.b] - np.array(true)).max() < tolerance
    certified = theory.recovery_tolerance(
        config, sigma, exact.w, exact.b, len(norris.y)
    )
    own = units.fold(fit)
    assert (
        abs(own.w[0] - norris.theta[1]) * units.scale[0] / units.label_scale < certified
    )
