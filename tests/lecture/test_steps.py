"""The one source of the lecture's media: whole in both languages, its cells wary.

That the cells run from top to bottom and agree is seen in test_notebooks.py.
"""

import importlib
import re
import textwrap

import pytest

from conftest import ROOT
from linreg_gluon.compat import mx
from linreg_gluon.lecture import EXERCISES, STEPS
from linreg_gluon.lecture.record import CLAIMS
from linreg_gluon.lecture.steps import LANGUAGES

IDS = ["step %d" % step.number for step in STEPS]
CHINESE = re.compile("[\u4e00-\u9fff]")


def texts(step):
    yield from (step.title, step.text, step.note)
    for pair in step.questions:
        yield from pair


def test_eighteen_steps_in_two_parts():
    assert [step.number for step in STEPS] == list(range(1, 19))
    assert [step.number for step in STEPS if step.part == 2] == list(range(12, 19))


@pytest.mark.parametrize("step", STEPS, ids=IDS)
def test_step_is_whole_in_both_languages(step):
    for text in texts(step):
        assert set(text) == set(LANGUAGES) and all(text.values())
        assert CHINESE.search(text["zh"]) and not CHINESE.search(text["en"])
        assert text["en"].count("`") % 2 == text["zh"].count("`") % 2 == 0
    for language, ends in (("en", r"[.:;?!](?= |$)"), ("zh", "[。：；？！]")):
        assert 2 <= len(re.findall(ends, step.text[language])) <= 6
    assert step.questions and step.functions and CHINESE.search(step.transcript)
    assert len(step.transcript) < 90 and "assert" in step.ours


def test_no_question_is_lost():
    for language, mark in (("en", "Q: "), ("zh", "问：")):
        file = ROOT / "linreg_gluon" / "lecture" / ("steps.%s.md" % language)
        asked = re.findall("^" + mark, file.read_text(encoding="utf-8"), re.M)
        assert len(asked) == sum(len(step.questions) for step in STEPS)


def test_every_claim_has_its_step():
    assert {number for step in STEPS for number in step.claims} == set(
        range(1, len(CLAIMS) + 1)
    )


def test_every_exercise_has_its_step():
    assert [each for step in STEPS for each in step.exercises] == list(EXERCISES)


@pytest.mark.parametrize("step", STEPS, ids=IDS)
def test_functions_exist(step):
    for name in step.functions:
        room, _, function = name.partition(".")
        assert callable(getattr(importlib.import_module("linreg_gluon." + room), function))


def test_quotations_are_short_and_no_step_has_anothers():
    quotes = [step.transcript for step in STEPS]
    assert len(set(quotes)) == len(quotes) and sum(map(len, quotes)) < 1200


def test_code_lines_fit_a_page():
    for step in STEPS:
        assert max(map(len, (step.cell + step.ours).splitlines())) <= 88


@pytest.mark.parametrize("number", [6, 7, 8])
def test_wrong_cell_is_found(number):
    step = STEPS[number - 1]
    wrong = {6: ("+ b", "- b"), 7: ("/ 2", ""), 8: ("/ batch_size", "")}[number]
    space = {"nd": mx.nd, "autograd": mx.autograd, "scratch": None}
    for before in STEPS[: number - 1]:
        exec(before.cell + before.ours, space)
    space["b"][:] = 1
    assert wrong[0] in step.cell
    with pytest.raises(AssertionError):
        exec(textwrap.dedent(step.cell.replace(*wrong)) + step.ours, space)
