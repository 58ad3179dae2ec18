"""The exercises: each is run, its answer holds, and it could fail."""

import math
import random
import re

import numpy as np
import pytest

from conftest import ROOT

from linreg_gluon.lecture import EXERCISES, Exercise
from linreg_gluon.lecture.terminal import columns

ROOMS = ROOT / "linreg_gluon" / "lecture"
IDS = [each.id for each in EXERCISES]


@pytest.fixture(scope="module")
def answers():
    """What each exercise measured and says, run when first asked for."""

    class Answers(dict):
        def __missing__(self, id):
            self[id] = EXERCISES[IDS.index(id)].answer()
            return self[id]

    return Answers()


def spoiled(value):
    """Return value with every number in it lost and every text empty."""
    if isinstance(value, dict):
        return {key: spoiled(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(spoiled(each) for each in value)
    return "" if isinstance(value, str) else math.nan


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_answer_holds(exercise, answers):
    measured, sentence = answers[exercise.id]
    assert exercise.holds(measured), measured
    assert set(sentence) == {"en", "zh"} and "Not as expected" not in sentence["en"]


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_lost_figures_fail(exercise, answers):
    measured = spoiled(answers[exercise.id][0])
    assert not exercise.holds(measured)
    assert exercise.sentence(measured)["zh"].startswith("与预期不符")


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_both_languages_are_there(exercise):
    for text in (exercise.question, exercise.says):
        assert re.search("[a-z]{3}", text["en"]) and text["en"].isascii()
        assert re.search("[\u4e00-\u9fff]{3}", text["zh"])
    fields = [re.findall(r"{(\w+)", exercise.says[lang]) for lang in ("en", "zh")]
    assert set(fields[1]) <= set(fields[0])


def test_enough_and_each_once():
    assert len(EXERCISES) >= 25 and len(set(IDS)) == len(IDS)
    steps = [each.step for each in EXERCISES]
    assert steps == sorted(steps) and set(steps) <= set(range(1, 19))


def test_shown_code_is_what_runs():
    for exercise in EXERCISES:
        assert exercise.code.startswith("def %s():" % exercise.run.__name__)
        assert len(exercise.code.splitlines()) <= 30


def test_global_generators_stay_as_they_were():
    (exercise,) = [each for each in EXERCISES if each.id == "three-generators"]
    before = np.random.get_state()[1].tolist(), random.getstate()
    exercise.run()
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before


def test_lists_print_short():
    each = Exercise("x", 1, {}, dict, {"en": "{a} {a[1]:.1f} {b}"}, lambda m: True)
    told = each.sentence({"a": [0.123456789, 2.0], "b": [[1, 2]]})
    assert told == {"en": "[0.12346, 2] 2.0 [[1, 2]]"}


def test_prose_fits_a_screen():
    files = [*ROOMS.glob("exercises/*.py"), ROOMS / "chinese.py"]
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            assert columns(line) <= 88, (file.name, line)
