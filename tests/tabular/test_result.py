"""What Python and a notebook have of a run over a table is what the scripts have."""

import json
from html import escape

import numpy as np
import pytest
from conftest import told

from linreg_gluon import Config, cli, fused, scratch, tabular
from linreg_gluon.cli.training import record
from linreg_gluon.config import InputError
from linreg_gluon.kept import Keeping, going_on, load

RNG = np.random.default_rng(4)
AREA, AGE = RNG.uniform(20, 200, 60), RNG.uniform(0, 80, 60)
PRICE = 3000 * AREA - 500 * AGE + 9_000 * RNG.standard_normal(60)


@pytest.fixture
def houses(tmp_path):
    rows = "".join("%r,%r,%r\n" % row for row in zip(AREA, AGE, PRICE))
    (tmp_path / "houses.csv").write_text("area,age,price\n" + rows)
    return str(tmp_path / "houses.csv")


@pytest.fixture
def result(houses):
    study = tabular.Experiment(tabular.read_csv(houses, "price"), holdout=0.2)
    return study.train(fused.train, Config(num_epochs=9))


def timeless(found):
    return {k: v for k, v in found.items() if k not in ("seconds", "stages")}


def test_python_and_script_cannot_differ(houses, result, run, tmp_path):
    flags = ["--csv", houses, "--target", "price", "--holdout", 0.2, "--epochs", 9]
    file = tmp_path / "a.json"
    done = run("python", "scripts/train_fused.py", *flags, "--json", file)
    assert timeless(json.loads(file.read_text())) == timeless(result.record())
    assert done.stdout.endswith("\n" + str(result) + "\n")
    args = told(*flags)
    again = cli.experiment(args).train(fused.train, args.config)
    assert timeless(record(again, args)) == timeless(result.record())


def test_table_is_as_it_was(houses):
    data = tabular.read_csv(houses, "price")
    before = data.values.copy()
    one, two = (tabular.Experiment(data, holdout=0.3, seed=1) for _ in range(2))
    assert np.array_equal(data.values, before)
    assert one.facts == two.facts and one.exact.b == two.exact.b


def test_notebook_shows_report(result):
    shown = result._repr_html_()
    assert shown.count("<tr>") == 4 and "<td>area</td>" in shown
    for line in str(result).splitlines()[4:]:
        assert "<p>%s</p>" % escape(line) in shown


def test_names_are_escaped():
    data = tabular.Table(np.column_stack([AREA, PRICE]), ("<b>",), "y")
    result = tabular.Experiment(data).train(fused.train, Config())
    assert "&lt;b&gt;" in result._repr_html_() and "<b>" not in result._repr_html_()


def test_saved_predicts_alike(result, tmp_path):
    prefix = str(tmp_path / "houses")
    result.save(prefix)
    X = np.array([[100.0, 3.0], [50.0, 20.0]])
    by_name = {"age": X[:, 1], "area": X[:, 0], "more": [0, 0]}
    assert np.array_equal(load(prefix).predict(X), result.predict(X))
    assert np.array_equal(result.predict(by_name), result.predict(X))
    with pytest.raises(InputError, match="no column 'age' among area"):
        result.predict({"area": [1.0]})


def test_keeping_goes_on_bit_for_bit(houses, tmp_path):
    study = tabular.Experiment(tabular.read_csv(houses, "price"))
    whole = study.train(fused.train, Config(num_epochs=6))
    prefix = str(tmp_path / "m")
    study.train(fused.train, Config(num_epochs=2), keeping=Keeping(prefix))
    more = going_on(prefix)
    later = study.train(scratch.train, Config(num_epochs=6), keeping=more)
    again = study.train(fused.train, Config(num_epochs=6), keeping=more)
    assert np.array_equal(again.fit.w, whole.fit.w) and len(again.fit.losses) == 6
    assert np.abs(later.fit.w - whole.fit.w).max() < 2e-6  # path against path, float32


def test_figure_is_drawn(result):
    assert len(result.figure().axes) >= 2


@pytest.mark.parametrize(
    "options, text",
    [({"holdout": 1}, "holdout"), ({"dtype": "int8"}, "dtype"), ({"seed": -1}, "seed")],
)
def test_wrong_preparation_is_named(houses, options, text):
    with pytest.raises(ValueError, match=text):
        tabular.Experiment(tabular.read_csv(houses, "price"), **options)
