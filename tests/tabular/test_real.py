"""Raw files from packages, straight from to_csv(): statsmodels' formula OLS, equally."""

import json

import numpy as np
import pandas
import pytest
from sklearn import datasets

from linreg_gluon import Config, fused, tabular
from linreg_gluon.tabular.prediction import features_of
from linreg_gluon.kept import Model, load

smf = pytest.importorskip("statsmodels.formula.api")
sm = pytest.importorskip("statsmodels.api")
vega = pytest.importorskip("vega_datasets").data


def from_sklearn(name):
    found = getattr(datasets, "load_" + name)(as_frame=True)
    return found.frame.rename(columns=lambda n: n.replace(" (cm)", "").replace(" ", "_"))


def iris_named():
    frame = from_sklearn("iris")
    frame["species"] = datasets.load_iris().target_names[frame.pop("target")]
    return frame


def statsmodels_data(name):
    return getattr(sm.datasets, name).load_pandas().data


# name: (frame, target, features in the formula, what to_csv is told)
REAL = {
    "iris": (iris_named, "petal_width", None, {}),
    "diabetes": (lambda: from_sklearn("diabetes"), "target", None, {"sep": "\t"}),
    "longley": (lambda: statsmodels_data("longley"), "TOTEMP", None, {"decimal": ",", "sep": ";"}),
    "stackloss": (lambda: statsmodels_data("stackloss"), "STACKLOSS", None, {}),
    "fair": (lambda: statsmodels_data("fair").head(2000), "affairs", None, {"index": False}),
    "ccard": (lambda: statsmodels_data("ccard"), "AVGEXP", None, {"sep": "|"}),
    "cars": (lambda: vega.cars(), "Miles_per_Gallon", None, {"na_rep": "NA"}),
    "barley": (lambda: vega.barley(), "yield", None, {}),
    "weather": (lambda: vega.seattle_weather(), "temp_max", None, {"index": False}),
    "driving": (lambda: vega.driving(), "gas", None, {"encoding": "utf-16", "sep": "\t"}),
    "employment": (lambda: vega.us_employment().iloc[:, [0, 2, 3, 1]], "private", None, {"na_rep": "."}),
    "anscombe": (lambda: vega.anscombe(), "Y", None, {"sep": " "}),
}  # fmt: skip


@pytest.fixture(params=REAL)
def real(request, tmp_path):
    """Return (file, the frame, target, Table) of a raw data set."""
    make, target, _, options = REAL[request.param]
    frame = make()
    file = str(tmp_path / "raw.csv")
    frame.to_csv(file, **options)
    table = tabular.read_csv(file, target, dtype="float64")
    for column in table.plan.columns:
        if column.kind == "date":
            days = pandas.to_datetime(frame[column.name]) - pandas.Timestamp(column.first)
            frame = frame.assign(**{column.name + "_days": days / pandas.Timedelta(days=1)})
    return file, frame, target, table


def formula(table):
    """Return the formula of the columns that were used, text against the same base."""
    terms = []
    for column in table.plan.columns:
        if not set(column.names) & set(table.names):
            continue
        base = ", Treatment(reference=%r)" % column.base
        text = column.kind == "category"
        name = column.name + "_days" * (column.kind == "date")
        terms.append("C(Q(%r)%s)" % (name, base) if text else "Q(%r)" % name)
    return "Q(%r) ~ %s" % (table.target, " + ".join(terms))


def by_name(name):
    """Return our name of a parameter of statsmodels' formula."""
    if name == "Intercept":
        return name
    column = name.split("Q('")[1].split("')")[0].replace("_days", "")
    return "%s=%s" % (column, name.split("[T.")[1][:-1]) if "[T." in name else column


def test_coefficients_are_those_of_the_formula(real):
    _, frame, target, table = real
    fit = smf.ols(formula(table), frame).fit()
    wanted = {by_name(name): value for name, value in fit.params.items()}
    exact = tabular.Experiment(table, dtype="float64").exact
    assert {*table.names, "Intercept"} == set(wanted) and len(table.values) == fit.nobs
    found = dict(zip(table.names, exact.w), Intercept=exact.b)
    # a coefficient near 0 is compared against what its standard error is
    errors = dict(zip(map(by_name, fit.params.index), fit.bse))
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9 * errors[name])


def test_saved_model_predicts_raw_rows(real, tmp_path):
    file, frame, target, table = real
    study = tabular.Experiment(table, dtype="float64")
    result = study.train(fused.train, Config(lr=0.01, num_epochs=3))
    result.save(str(tmp_path / "m"))
    model = load(str(tmp_path / "m"))
    exact = study.exact
    plan = table.plan
    new = frame.sample(frac=1, random_state=0)[list(frame.columns)[::-1]]
    new.insert(0, "another", "text")
    for rows in (new, to_file(new, tmp_path)):
        found = tabular.predict(model, tabular.rows_of(model, rows)).values
        features, _, _ = features_of(plan, tabular.rows_of(model, rows))
        own = study.units.fold(result.fit)
        assert np.allclose(found, features @ own.w + own.b, rtol=1e-6, equal_nan=True)
        fit = smf.ols(formula(table), frame).fit()
        wanted = fit.predict(new).to_numpy()
        mine = features @ exact.w + exact.b
        assert np.array_equal(np.isnan(mine), np.isnan(wanted))
        assert np.allclose(mine, wanted, rtol=1e-6, equal_nan=True)


def to_file(frame, folder):
    """Write new rows in another notation than those trained on."""
    file = str(folder / "new.csv")
    frame.to_csv(file, sep=";", decimal=",", index=False, na_rep="?")
    return file


def test_interval_is_that_of_statsmodels(real, tmp_path):
    _, frame, target, table = real
    study = tabular.Experiment(table, dtype="float64")
    result = study.train(fused.train, Config(lr=0.01, num_epochs=1))
    model = result.model()
    rows = frame.head(20)
    found = tabular.predict(model, tabular.rows_of(model, rows), interval=0.9)
    half = (found.high - found.low) / 2
    fit = smf.ols(formula(table), frame).fit()
    wanted = fit.get_prediction(rows).summary_frame(alpha=0.1)
    span = (wanted["obs_ci_upper"] - wanted["obs_ci_lower"]).to_numpy() / 2
    assert np.allclose(half[~np.isnan(half)], span[~np.isnan(span)], rtol=1e-6)
    assert json.loads(json.dumps(model.spread.to_json()))["rows"] == len(table.values)
