"""The report's four panels, read off their artists."""

import numpy as np
import pytest

from linreg_gluon import Config, fused, tabular
from linreg_gluon.tabular.drawing import report_figure

RNG = np.random.default_rng(6)
X = RNG.normal(size=(80, 2))
LONG = "a name of a column that nobody has $ room for beside an axis $"


def result_of(y, name="y", holdout=0.25, **config):
    table = tabular.Table(np.column_stack([X, y]), ("a", "b"), name)
    study = tabular.Experiment(table, holdout=holdout)
    return study.train(fused.train, Config(**config))


@pytest.fixture(scope="module")
def result():
    return result_of(X @ [1, 2] + RNG.normal(size=80), num_epochs=9)


def points(axes):
    return np.concatenate([part.get_offsets() for part in axes.collections])


def test_predictions_and_residuals_are_the_models(result):
    one, two, _, _ = result.figure().axes
    actual, predicted = points(one).T
    assert len(actual) == 80 and len(one.collections) == 2  # training, held out
    X = result.study.units.mean + result.study.units.scale * np.vstack(
        [result.study.training[0], result.study.held[0]]
    )
    # float32 numbers near 1, trained in units of sd
    assert np.allclose(predicted, result.predict(X), atol=1e-5)
    assert np.allclose(points(two), np.column_stack([predicted, actual - predicted]))


def test_quantiles_are_those_of_the_residuals(result):
    _, two, three, _ = result.figure().axes
    rest = np.sort(two.collections[0].get_offsets()[:, 1])
    x, y = points(three).T
    assert len(x) == 60 and np.allclose(y, (rest - rest.mean()) / rest.std())
    assert np.allclose(x, -x[::-1]) and x[30] == pytest.approx(0.0208, abs=1e-3)


def test_normal_residuals_lie_on_the_line():
    rest = np.random.default_rng(0).normal(size=4000)
    told = {"losses": (1.0,), "floor": None, "target": "y"}
    figure = report_figure(rest, 0 * rest, np.zeros(4000, bool), **told)
    x, y = points(figure.axes[2]).T
    middle = np.abs(x) < 2
    # the spread of order statistics within 2 sd is below 0.05 for 4000 rows
    assert np.abs(x - y)[middle].max() < 0.15


def test_loss_falls_to_least_squares(result):
    path, floor = result.figure().axes[3].lines
    assert tuple(path.get_ydata()) == result.learned.losses
    assert floor.get_ydata()[0] == pytest.approx(result.study.exact.loss)


def test_long_name_is_shortened(tmp_path):
    figure = result_of(X[:, 0] + 1, LONG, num_epochs=1).figure()
    assert len(figure.axes[0].get_xlabel()) < 50
    figure.savefig(str(tmp_path / "a.png"))  # the signs of money are no formula


@pytest.mark.parametrize("y", [np.full(80, 3.0), X[:, 0]], ids=["constant", "exact"])
def test_data_without_noise_are_drawn(y, tmp_path):
    result = result_of(y, holdout=0, num_epochs=120)
    figure = result.figure()
    figure.savefig(str(tmp_path / "a.svg"))
    assert len(figure.axes) == 4


def test_chinese_target_is_written_or_told(fonts, tmp_path):
    rest, told = RNG.normal(size=9), {"losses": (1.0,), "target": "价格（万元）"}
    with pytest.warns(UserWarning, match="no font here has all signs of '价格（万元）'"):
        figure = report_figure(rest, rest, rest > 9, **told)
    assert figure.axes[0].get_xlabel() == "actual label"
    figure.savefig(str(tmp_path / "a.png"))
    fonts()
    figure = report_figure(rest, rest, rest > 9, **told)
    assert figure.axes[0].get_xlabel() == "actual 价格（万元）"
    figure.savefig(str(tmp_path / "a.png"))  # a warning is an error here


def test_wide_name_is_cut_to_its_axis(fonts):
    fonts()
    rest = RNG.normal(size=9)
    figure = report_figure(rest, rest, rest > 9, losses=(1.0,), target="价" * 40)
    assert figure.axes[0].get_xlabel() == "actual " + "价" * 12 + "..."
