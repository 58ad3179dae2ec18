"""The words in the figures: all have their Chinese, and a font, or one line says so."""

import re

import pytest
from matplotlib.text import Text

from linreg_gluon.lecture import Lab, drawings, labels, studies


@pytest.fixture
def figure():
    data = Lab(2).data
    return drawings.trap_figure(*data, studies.trap(*data, steps=3))


def words(figure):
    return [each.get_text() for each in figure.findobj(Text)]


def test_figure_speaks_chinese_in_silence(figure, fonts, tmp_path):
    fonts()
    assert labels.in_chinese(figure)
    told = " ".join(words(figure))
    assert "标签的平均值" in told and "(10, 1) - (10,) 的形状是 (10, 10)" in told
    assert set(re.findall("[A-Za-z]{3,}", told)) == {"reshape"}
    for ending in "png", "svg":
        figure.savefig(str(tmp_path / ("a." + ending)))  # a warning is an error here


def test_without_a_font_it_stays_english(figure, fonts, tmp_path):
    before = words(figure)
    assert not labels.in_chinese(figure) and words(figure) == before
    figure.savefig(str(tmp_path / "a.png"))


def test_each_label_has_one_translation():
    assert len({english for english, _ in labels.CHINESE}) == len(labels.CHINESE)
    for english, chinese in labels.CHINESE:
        assert re.search("[\u4e00-\u9fff]", chinese), english


def test_script_says_where_no_font_is(run, tmp_path):
    """Its stderr is empty or the one line, by what is installed where this runs."""
    words = "python", "scripts/compare_lecture.py", "--step", "7", "--lang", "zh"
    told = {"env": {"PYTHONIOENCODING": "utf-8"}}
    result = run(*words, "--runs", "10", "--plot", tmp_path / "trap.svg", **told)
    assert result.returncode == 0 and "第 7 步" in result.stdout
    assert "(10, 1) - (10,) 的形状是 (10, 10)" in result.stdout
    drawn = (tmp_path / "trap.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<?xml")
    has_font = labels.plots.font_families("标签")
    assert ("fonts-noto-cjk" in result.stderr) != bool(has_font)
    assert len(result.stderr.splitlines()) == (0 if has_font else 1)
