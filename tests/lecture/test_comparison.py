"""The whole comparison in a terminal: aligned and whole in both languages."""

import re

import pytest

from linreg_gluon.lecture import CLAIMS, Lab, chinese, comparison, record, report
from linreg_gluon.lecture.terminal import columns

SCRIPT = "scripts/compare_lecture.py"
HERE = {
    "system": "Linux",
    "dataset": "mxnet-linux",
    "losses": {"0.1": [[0.00005, 0.00006]] * 3, "0.03": [[0.04, 0.05]] * 3},
}


@pytest.fixture(scope="module")
def lab():
    return Lab(2)


def results(verdict=None):
    return [
        record.Result(
            i, claim, "measured %d" % i, verdict or claim.verdict, "量得 %d" % i
        )
        for i, claim in enumerate(CLAIMS, 1)
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_of_the_table_are_aligned(lab, language):
    lines = comparison.losses_table(lab, HERE, language).splitlines()
    assert len({columns(line) for line in lines}) == 1 and len(lines) == 7
    assert columns(lines[0]) <= 88 and lines[1].endswith("0.000050")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_comparison_is_whole_and_fits(lab, language, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = comparison.told(results(), lab, HERE, language)
    lines = text.splitlines()
    assert max(map(columns, lines[:9])) <= 88 and max(map(columns, lines[9:])) <= 80
    joined = re.sub(r"\s", "", text)
    claims = [claim.text for claim in CLAIMS] if language == "en" else chinese.CLAIMS
    for number, claim in enumerate(claims, 1):
        assert re.sub(r"\s", "", claim) in joined
        said = ("measured%d" if language == "en" else "量得%d") % number
        assert said in joined
    headline = record.headline if language == "en" else chinese.headline
    assert text.startswith(headline(results())) and "mxnet-linux" in text


@pytest.mark.parametrize("language, loud", [("en", "HOLD (recorded"), ("zh", "记录为")])
def test_changed_verdicts_are_loud(lab, language, loud):
    text = comparison.told(results(record.FAILS), lab, HERE, language)
    assert text.count("\n!") == len(CLAIMS) - 1  # one of them is recorded so
    assert loud in text


def test_chinese_shows_no_english_sentence(lab):
    text = comparison.told(results(), lab, HERE, "zh")
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", text)


def test_json_has_both_languages():
    first = report.as_dict(results(), HERE)["claims"][0]
    assert (first["measured"], first["measured_zh"]) == ("measured 1", "量得 1")


@pytest.mark.parametrize("flags", [["--lang", "zh"], ["--step", "6"]])
def test_output_that_lacks_the_signs_is_refused(run, flags):
    result = run("python", SCRIPT, *flags, env={"PYTHONIOENCODING": "ascii"})
    (line,) = result.stderr.splitlines()
    assert result.returncode == 2 and "PYTHONIOENCODING=utf-8" in line
