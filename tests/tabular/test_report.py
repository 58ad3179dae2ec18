"""What is reported of least squares is statsmodels' summary; what is said, is true."""

import re
import sys

import numpy as np
import pytest
from sklearn import datasets

from linreg_gluon import Config, fused, tabular
from linreg_gluon.tabular.inference import inference, shown_interval
from linreg_gluon.tabular.summary import shown_r2, summary

sm = pytest.importorskip("statsmodels.api")
RNG = np.random.default_rng(3)
X = RNG.normal(size=(60, 3)) * [1, 1e6, 1e-3] + [0, 5e6, 1]


def result_of(X, y, config=Config(), **told):
    return tabular.Experiment(tabular.Table.of(X, y)).train(fused.train, config, **told)


def summary_of(result):
    return "\n".join(summary(result))


LONGLEY = sm.datasets.longley.load_pandas().data.to_numpy()
SETS = {
    "drawn": (X, X @ [1, 2e-6, 3e3] + RNG.normal(size=60)),
    "longley": (LONGLEY[:, 1:], LONGLEY[:, 0]),
    "diabetes": datasets.load_diabetes(return_X_y=True),
    "one degree of freedom": (X[:5], np.arange(5.0) ** 2),
}


@pytest.mark.parametrize("name", SETS)
def test_inference_is_that_of_statsmodels(name):
    X, y = SETS[name]
    solution = tabular.Experiment(tabular.Table.of(X, y)).solution
    found = inference(solution.least, len(y))
    scale = X.std(axis=0)  # statsmodels' pinv drops columns of unlike size
    fit = sm.OLS(y, sm.add_constant(X / scale)).fit()
    ours = {"t": fit.tvalues, "p": fit.pvalues}
    for field, wanted in ours.items():
        # longley's condition number of 1e4 in standard units, squared in float64
        assert getattr(found, field)[:-1] == pytest.approx(wanted[1:], rel=1e-7)
    low, high = fit.conf_int()[1:].T / scale
    assert np.allclose([found.low[:-1], found.high[:-1]], [low, high], rtol=1e-7)
    assert found.adjusted_r2 == pytest.approx(fit.rsquared_adj, rel=1e-9)
    assert found.f == pytest.approx(fit.fvalue, rel=1e-8)
    assert found.f_p == pytest.approx(fit.f_pvalue, rel=1e-6)
    assert found.free == fit.df_resid


def test_columns_that_repeat_leave_the_fit_unique():
    X, y = SETS["drawn"]
    fit = sm.OLS(y, sm.add_constant(X / X.std(axis=0))).fit()
    X = np.column_stack([X, X[:, 0] - 2 * X[:, 2], np.ones(60)])
    result = result_of(X, y, Config(num_epochs=200))
    best = result.study.solution
    assert not best.unique and best.least.r2 == pytest.approx(fit.rsquared, rel=1e-9)
    assert np.allclose(X @ best.w + best.b, fit.fittedvalues)
    text = summary_of(result)
    assert "on 3 and 56, p" in text and "standard errors" not in text
    assert "the predictions are jointly" in text.lower()
    assert text.splitlines()[2].split() == ["learned"]  # below two notes


def test_low_r2_is_always_said():
    for width in (3, 4):  # unique, and with a column that repeats another
        X, y = SETS["drawn"]
        X = np.column_stack([X, X[:, 0]])[:, :width]
        result = result_of(X, y, Config(num_epochs=1, lr=0.01))
        short = result.study.solution.least.r2 - result.metrics()["training"]["r2"]
        assert short > 0.01
        assert "R2 is %.3g below that of least squares\n" % short in summary_of(result)
        assert "More epochs would help" in summary_of(result)
        good = result_of(X, y, Config(num_epochs=300))
        assert "below that of least squares" not in summary_of(good)


@pytest.mark.parametrize(
    "r2, text",
    [(0.98765432, "0.987654"), (-2, "-2.000000"), (-7.1234e25, "-7.12e+25")]
    + [(None, "not defined"), (float("nan"), "not defined")],
)
def test_r2_is_shown_with_the_digits_that_say_something(r2, text):
    assert shown_r2(r2) == text


def test_r2_taken_by_weight_decay_is_said():
    result = result_of(*SETS["drawn"], Config(num_epochs=60, weight_decay=1.0))
    text = summary_of(result)
    assert "least squares: what --weight-decay 1 takes" in text
    assert "from ridge regression" in text and "standard errors" not in text
    table = [row.split() for row in text.splitlines()[1:5]]
    assert [float(row[2]) for row in table] == pytest.approx(result.ridge, rel=1e-5)


def test_exact_data_have_no_standard_errors():
    X, _ = SETS["drawn"]
    result = result_of(X, X @ [1, 2e-6, 3e3], Config(num_epochs=200))
    text = summary_of(result)
    assert "exact up to float32" in text and "standard errors" not in text
    early = summary_of(result_of(X, X @ [1, 2e-6, 3e3], Config(num_epochs=2, lr=0.01)))
    assert "exact" not in early and "no residual" in early
    epochs = int(re.search(r"--epochs (\d+)", early).group(1))
    later = result_of(X, X @ [1, 2e-6, 3e3], Config(num_epochs=epochs, lr=0.01))
    assert "exact up to float32" in summary_of(later)


def test_constant_target_is_exact():
    text = summary_of(result_of(X, np.full(60, 7.0), Config(num_epochs=200)))
    assert "R2 not defined" in text and "exact up to float32" in text
    assert "nan" not in text


def test_without_scipy_the_rest_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    text = summary_of(result_of(*SETS["drawn"]))
    assert text.splitlines()[0].split() == "learned least squares std error off by".split()
    assert "without SciPy: type  pip install scipy" in text


INTERVALS = [
    (1.23456, 2.34567, "1.23 to 2.35"),
    (-716123.0, -230456.0, "-720000 to -230000"),
    (1.001001, 1.003003, "1.001 to 1.003"),
    (-0.004, 12.0, "0 to 12"),
    (np.nan, np.nan, "-"),
    (1.0, 1.0, "-"),
]


@pytest.mark.parametrize("low, high, text", INTERVALS)
def test_interval_is_shown_to_what_it_leaves_open(low, high, text):
    assert shown_interval(low, high) == text


def test_record_holds_the_report():
    record = result_of(*SETS["drawn"]).record()["least_squares"]
    assert record["unique"] and len(record["t"]) == len(record["low"]) == 4
    flat = result_of(X, np.full(60, 7.0)).record()["least_squares"]
    assert flat["r2"] is None and "t" not in flat
