"""A step in a terminal: whole, in columns, in both languages."""

import pytest

from linreg_gluon.lecture import CLAIMS, STEPS, record, terminal
from linreg_gluon.lecture.chinese import CLAIMS as CHINESE


def results(step, verdict=None):
    claims = [(number, CLAIMS[number - 1]) for number in step.claims]
    return [
        record.Result(number, claim, "measured %d" % number, verdict or claim.verdict)
        for number, claim in claims
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step.number))
def test_step_is_whole_in_88_columns(step, language):
    text = terminal.told(step, results(step), language)
    assert step.title[language] in text and step.cell.rstrip() in text
    for number in step.claims:
        assert "measured %d" % number in text
    for name in step.functions:
        assert "def " in text.split("-- linreg_gluon.%s --" % name)[1]
    assert max(map(terminal.columns, text.splitlines())) <= 88


def test_nothing_is_lost_in_wrapping():
    for step in STEPS:
        for text in step.text.values():
            joined = terminal.wrapped(text, 30).replace("\n", "").replace(" ", "")
            assert joined == text.replace(" ", "")


def test_chinese_takes_two_columns():
    assert terminal.columns("ab广播") == 6
    lines = terminal.wrapped("学习率很小时，三个迭代周期", 14, "  ").splitlines()
    assert lines == ["  学习率很小", "  时，三个迭代", "  周期"]
    assert terminal.wrapped("一二三，四", 6).splitlines() == ["一二", "三，四"]


def test_changed_verdict_is_loud():
    text = terminal.told(STEPS[6], results(STEPS[6], record.FAILS))
    assert "DOES NOT HOLD (recorded: holds)" in " ".join(text.split())


def test_every_claim_is_there_in_chinese():
    assert len(CHINESE) == len(CLAIMS) == len(set(CHINESE))


def test_script_prints_one_step(run):
    command = ["python", "scripts/compare_lecture.py", "--step", "13", "--lang", "zh"]
    result = run(*command, env={"PYTHONIOENCODING": "utf-8"})
    assert result.returncode == 0, result.stderr
    assert "第 13 步：定义网络" in result.stdout and "def linear_net" in result.stdout
    assert "DeferredInitializationError；" in result.stdout.replace("`", "")
    refused = run(*command, "--json", "x.json")
    assert refused.returncode == 2 and "--step only prints" in refused.stderr
