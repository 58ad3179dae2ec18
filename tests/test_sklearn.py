"""The estimator by scikit-learn's own checks, and by what they would not notice."""

import importlib.util
import os

import numpy as np
import pytest

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # or a check skips itself
pytest.importorskip("sklearn", reason="NOT TESTED: the estimator needs scikit-learn")
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.linear_model import LinearRegression, Ridge  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import PolynomialFeatures  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

from linreg_gluon import Config, DivergedError, theory  # noqa: E402
from linreg_gluon.sklearn import PATHS, GluonRegressor  # noqa: E402
from linreg_gluon.tabular import converging  # noqa: E402

HAVE = [p for p in PATHS if importlib.util.find_spec("linreg_gluon." + PATHS[p])]
RNG = np.random.default_rng(4)
X = RNG.standard_normal((120, 3)) * [1, 1e-3, 1e5] + [0, 2, 1e6]
Y = X @ [2, 3000, -4e-5] + 7 + 0.1 * RNG.standard_normal(120)


@pytest.fixture(autouse=True)
def known_blas(monkeypatch):
    """Keep scikit-learn 1.2-1.4's test helper from misjudging MXNet's OpenBLAS.

    It takes a library of unknown architecture for a Prescott's, and then cannot map an
    estimator into memory.
    """
    from sklearn.utils import _testing

    monkeypatch.setattr(_testing, "threadpool_info", lambda: [], raising=False)


# As it is made by default. Old releases hand pytest a generator, which new pytests do
# not take.
CHECKS = parametrize_with_checks([GluonRegressor()])


@pytest.mark.parametrize(CHECKS.args[0], [*CHECKS.args[1]], **CHECKS.kwargs)
@pytest.mark.filterwarnings("default")  # scikit-learn's own, of its own checks
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore:The `_get_tags`")  # 1.6, of its own old name
def test_no_failure_is_expected():
    tags = getattr(GluonRegressor(), "_get_tags", dict)()
    assert not tags.get("_xfail_checks")


@pytest.mark.parametrize("name", HAVE)
def test_learns_least_squares(name):
    model = GluonRegressor(name, num_epochs=200, batch_size=120, lr=0.5).fit(X, Y)
    exact = theory.least_squares(X, Y)  # LinearRegression cuts the small column off
    # float32 in standard units, converged: a few units of the seventh digit
    error = np.abs(model.coef_ - exact.w) * X.std(axis=0) / Y.std()
    assert error.max() < 2e-6
    assert model.score(X, Y) == pytest.approx(exact.r2, abs=1e-9)
    assert model.n_iter_ == len(model.losses_) == 200
    assert model.n_features_in_ == 3 and model.predict(X).dtype == np.float64


def test_seed_decides_everything():
    fits = [
        GluonRegressor(num_epochs=2, random_state=state).fit(X, Y).coef_.tolist()
        for state in (1, 1, 2, np.random.RandomState(1))
    ]
    assert fits[0] == fits[1] == fits[3] != fits[2]


def test_float32_is_taken_as_it_is():
    narrow, labels = X.astype(np.float32), Y.astype(np.float32)
    wide = GluonRegressor(random_state=0)
    wide.fit(narrow.astype(float), labels.astype(float))
    model = GluonRegressor(random_state=0).fit(narrow, labels)
    assert model.coef_.tolist() == wide.coef_.tolist()
    assert model.predict(narrow).dtype == np.float64
    model.partial_fit(narrow, labels), wide.partial_fit(narrow.astype(float), labels)
    assert model.coef_.tolist() == wide.coef_.tolist()


def test_unstandardised_is_plain_training(path):
    small = X[:, :1].astype(np.float32).astype(np.float64)
    name = {module: name for name, module in PATHS.items()}[path.__name__.split(".")[1]]
    told = {"lr": 0.03, "num_epochs": 3, "standardize": False, "random_state": 0}
    model = GluonRegressor(name, **told).fit(small, Y)
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    config = Config(num_epochs=3, seed=seed)
    fit = path.train(small.astype(np.float32), Y.astype(np.float32), config)
    assert model.coef_.tolist() == fit.w.astype(np.float64).tolist()


def test_works_in_pipeline_and_search():
    y = X[:, 0] ** 2 - X[:, 0]
    model = make_pipeline(PolynomialFeatures(2, include_bias=False), GluonRegressor())
    grid = {"gluonregressor__lr": [1e-4, 0.1], "gluonregressor__num_epochs": [20]}
    search = GridSearchCV(model, grid, cv=2).fit(X[:, :1], y)
    assert search.best_params_["gluonregressor__lr"] == 0.1
    assert search.score(X[:, :1], y) > 0.999


@pytest.mark.parametrize("lr", [3.0, 1e30])
def test_never_keeps_infinite_coefficients(lr):
    model = GluonRegressor(lr=lr)
    with pytest.raises(DivergedError):
        model.fit(X, Y)
    assert not hasattr(model, "coef_")


def test_overflowing_units_are_refused():
    model = GluonRegressor(num_epochs=1)
    with np.errstate(all="ignore"), pytest.raises(ValueError):
        model.fit(X * 1e-300, Y * 1e300)
    assert not hasattr(model, "coef_")


def errors_of(model, X, y):
    """Return how far coef_ and intercept_ are from least squares, in its errors."""
    best = theory.least_squares(X, y)
    w = np.abs(model.coef_ - best.w) / best.se_w
    return np.append(w, np.abs(model.intercept_ - best.b) / best.se_b)


@pytest.mark.parametrize("name", HAVE)
def test_left_to_itself_it_reaches_least_squares(name):
    model = GluonRegressor(name, random_state=0).fit(X, Y)
    assert errors_of(model, X, Y).max() < 0.1  # tol
    assert model.n_iter_ == len(model.losses_) > 16


def test_weight_is_a_row_so_often():
    weights = np.random.default_rng(0).integers(0, 4, len(Y))
    one = GluonRegressor(random_state=0).fit(X, Y, weights)
    often = np.random.default_rng(1).permutation(np.repeat(np.arange(len(Y)), weights))
    two = GluonRegressor(random_state=0).fit(X[often], Y[often])
    assert one.coef_.tolist() == two.coef_.tolist() and one.intercept_ == two.intercept_
    assert errors_of(one, X[often], Y[often]).max() < 0.1


@pytest.mark.parametrize("told", [{}, {"lr": 0.01, "num_epochs": 500}], ids=str)
def test_any_weights_are_scikit_learns(told):
    weights = np.random.default_rng(0).uniform(0, 3, len(Y))
    model = GluonRegressor(random_state=0, **told).fit(X, Y, weights)
    best = LinearRegression().fit(X / X.std(axis=0), Y, weights)
    off = model.coef_ * X.std(axis=0) - best.coef_
    # 0.1 standard errors of 0.1 / sqrt(120); at the constant rate its jitter, below 1
    assert np.abs(off).max() < (0.01 if told else 0.001)


def test_weights_that_are_none_are_refused():
    for bad, text in ((-1.0, "must be at least 0"), (0.0, "not all 0|non-zero")):
        with pytest.raises(ValueError, match=text):  # new releases' own words for zeros
            GluonRegressor().fit(X, Y, np.full(len(Y), bad))


def test_weight_decay_is_ridge():
    model = GluonRegressor(weight_decay=0.5, random_state=0).fit(X, Y)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    best = Ridge(alpha=0.5 * len(Y)).fit(Z, Y)
    # 0.1 standard errors of sigma / sqrt(120), sigma below Y's sd
    assert np.abs(model.coef_ * X.std(axis=0) - best.coef_).max() < 0.01 * Y.std()


def test_strong_weight_decay_bounds_the_rate():
    model = GluonRegressor(weight_decay=20.0, num_epochs=50, random_state=0).fit(X, Y)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    best = Ridge(alpha=20 * len(Y)).fit(Z, Y)
    assert np.abs(model.coef_ * X.std(axis=0) - best.coef_).max() < 0.01 * Y.std()


def test_partial_fits_come_nearer():
    model = GluonRegressor(random_state=0)
    for epoch in range(40):
        half = slice(epoch % 2, None, 2)
        assert model.partial_fit(X[half], Y[half]) is model
    assert model.n_iter_ == 40 and errors_of(model, X, Y).max() < 2
    plain = GluonRegressor(lr=0.03, num_epochs=3, random_state=0).fit(X, Y)
    steps = GluonRegressor(lr=0.03, num_epochs=1, random_state=0)
    for _ in range(3):
        steps.partial_fit(X, Y)
    assert steps.coef_.tolist() == plain.coef_.tolist()


def test_warm_start_goes_on():
    model = GluonRegressor(lr=1e-30, num_epochs=1, random_state=0)
    model.coef_, model.intercept_ = np.array([1.0, 2000.0, -3e-5]), 5.0
    model.set_params(warm_start=True).fit(X, Y)
    # a step of nearly nothing: float32 in standard units
    assert model.coef_ == pytest.approx([1.0, 2000.0, -3e-5], rel=1e-5)
    model.set_params(warm_start=False).fit(X, Y)
    assert np.abs(model.coef_ * X.std(axis=0)).max() < 0.1 * Y.std()


def test_sparse_says_what_to_type():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match="toarray"):
        GluonRegressor().fit(sparse.csr_matrix(X), Y)


def test_spent_budget_warns(monkeypatch):
    monkeypatch.setattr(converging, "BUDGET", 500)
    near = X[:, :2] / X[:, :2].std(axis=0) @ [[1, 1], [0, 1e-4]]
    with pytest.warns(ConvergenceWarning, match="budget of steps is spent"):
        model = GluonRegressor(random_state=0).fit(near, Y)
    assert np.isfinite(model.coef_).all()


BAD = [
    ({"path": "jax"}, "path must be one of"),
    ({"lr": 0}, "lr must be finite and greater than 0"),
    ({"num_epochs": 0}, "num_epochs must be at least 1"),
    ({"tol": 0}, "tol must be finite and greater than 0"),
    ({"lr": "fast"}, "lr must be a number, got 'fast'"),
    ({"batch_size": 1.5}, "batch_size must be a whole number"),
]


@pytest.mark.parametrize("params, text", BAD)
def test_bad_parameter_is_named(params, text):
    with pytest.raises(ValueError, match=text):
        GluonRegressor(**params).fit(X, Y)


def test_missing_scikit_learn_says_install(run):
    code = "import sys; sys.modules['sklearn'] = None; import linreg_gluon.sklearn"
    result = run("python", "-c", code)
    assert 'type  pip install scikit-learn "numpy<2"' in result.stderr
