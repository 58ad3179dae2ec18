"""The figures show the data, the learned line and the floor: read off their artists."""

import warnings

import numpy as np
import pytest

from linreg_gluon import Fit, plots, synthetic_data

FIT = Fit(np.array([2.0, -3.4]), 4.2, (0.04, 1e-4, 5e-5))


def test_scatter_shows_second_feature(lecture):
    features, labels = lecture
    data, _ = plots.training_figure(features, labels, FIT).axes
    (points,) = data.collections
    assert np.array_equal(points.get_offsets(), np.c_[features[:, 1], labels])
    assert data.get_xlabel() == "features[:, 1]"


def test_line_has_learned_slope(lecture):
    features, labels = lecture
    data, _ = plots.training_figure(features, labels, FIT).axes
    (x, y) = data.lines[0].get_data()
    assert np.diff(y) / np.diff(x) == pytest.approx([-3.4])
    assert y[0] == pytest.approx(-3.4 * x[0] + 2 * features[:, 0].mean() + 4.2)


def test_loss_per_epoch_and_floor(lecture):
    _, loss = plots.training_figure(*lecture, FIT, 0.01).axes
    curve, floor = loss.lines
    assert curve.get_xdata().tolist() == [1, 2, 3]
    assert tuple(curve.get_ydata()) == FIT.losses and loss.get_yscale() == "log"
    assert floor.get_ydata() == pytest.approx([5e-5, 5e-5])


@pytest.mark.parametrize("noise_sd", [None, 0])
def test_no_noise_no_floor(lecture, noise_sd):
    figure = plots.training_figure(*lecture, FIT, noise_sd)
    assert len(figure.axes[1].lines) == 1


def test_single_feature_and_zero_loss():
    data = synthetic_data([2], 1, 20, 0, 0)
    fit = Fit(np.array([2.0]), 1.0, (0.0,))
    left, right = plots.training_figure(*data, fit).axes
    assert left.get_xlabel() == "features[:, 0]" and right.get_yscale() == "linear"


def test_signs_find_a_font(fonts):
    usual = plots.font_families("w ± ŷ")
    assert usual and plots.font_families("价格") == []
    fonts()
    assert plots.font_families("价格 ŷ") == ["Han", *usual]
    assert plots.font_families("w ± ŷ") == usual


def test_lettered_figure_is_drawn_in_silence(fonts, tmp_path):
    figure = plots.training_figure(*synthetic_data([1], 0, 9, 1, 0), Fit(FIT.w[:1], 4, (1,)))
    figure.axes[0].set_xlabel("价格（万元）")
    with warnings.catch_warnings(record=True) as caught:  # and others of matplotlib's
        warnings.simplefilter("always")
        figure.savefig(str(tmp_path / "a.png"))
    assert any("Glyph" in str(each.message) for each in caught)
    fonts()
    plots.letter(figure)
    for ending in "png", "svg", "pdf":
        figure.savefig(str(tmp_path / ("a." + ending)))  # a warning is an error here
