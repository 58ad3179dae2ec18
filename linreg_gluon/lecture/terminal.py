"""One step of the lecture for a terminal: words, code, and what was measured."""

import inspect
import unicodedata

from . import chinese
from .document import function
from .record import Result

WORDS = {
    "en": {
        "part": "part %d, step %d. %s",
        "lecture": "as the lecture types it",
        "measured": "measured",
        "questions": "questions",
        "exercises": "exercises",
        "claim": "%d. %s: %s",
        "said": "in the lecture: %s",
        "recorded": " (recorded: %s)",
        "none": "no claim of the lecture is measured at this step",
    },
    "zh": {
        "part": "第 %d 部分，第 %d 步：%s",
        "lecture": "课上的写法",
        "measured": "测量",
        "questions": "问题",
        "exercises": "练习",
        "claim": "%d. %s：%s",
        "said": "课上的原话：%s",
        "recorded": "（记录为：%s）",
        "none": "这一步没有需要测量的论断",
    },
}
CLOSING = "，。：；？！、）”》"  # never at a line's beginning


def columns(text):
    """Return how many columns a terminal needs for text; Chinese takes two a sign."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pieces(text):
    """Yield what must not be broken: words with the space after, or single signs."""
    piece = ""
    for sign in text:
        wide = columns(sign) == 2
        if piece and wide and sign not in CLOSING:
            yield piece
            piece = ""
        piece += sign
        if sign == " ":
            yield piece
            piece = ""
    if piece:
        yield piece


def wrapped(text, width=88, indent=""):
    """Return text in lines of at most width columns, each behind indent."""
    lines, line = [], ""
    for piece in pieces(text):
        if line and columns(indent + line + piece.rstrip()) > width:
            lines.append(indent + line.rstrip())
            line = ""
        line += piece
    return "\n".join([*lines, indent + line.rstrip()])


def measured(step, lab):
    """Measure a step's claims on a Lab; return the tuple of Results."""
    return tuple(Result.of(number, lab) for number in step.claims)


def told(step, results, language="en"):
    """Return a step as text: what happens, the code, the measurements, the questions.

    results: of measured(); language: "en" or "zh".
    """
    words = WORDS[language]
    head = words["part"] % (step.part, step.number, step.title[language])
    blocks = [
        head + "\n" + "=" * columns(head),
        wrapped(step.text[language]),
        wrapped(step.note[language], indent="  "),
        wrapped(words["said"] % step.transcript, indent="  "),
        titled(words["lecture"], step.cell.rstrip()),
    ]
    blocks += [
        titled("linreg_gluon." + name, inspect.getsource(function(name)).rstrip())
        for name in dict.fromkeys(step.functions)
    ]
    shown = [measurement(result, language) for result in results]
    blocks.append(titled(words["measured"], "\n".join(shown) or words["none"]))
    asked = [
        wrapped(q[language]) + "\n" + wrapped(a[language], indent="  ")
        for q, a in step.questions
    ]
    blocks.append(titled(words["questions"], "\n".join(asked)))
    if step.exercises:
        lines = (wrapped(each.question[language]) for each in step.exercises)
        blocks.append(titled(words["exercises"], "\n".join(lines)))
    return "\n\n".join(blocks)


def titled(title, text):
    """Return text under a line with a title."""
    return "-- %s --\n%s" % (title, text)


def measurement(result, language):
    """Return a Result in two or more lines."""
    claim, verdict, recorded = result.claim.text, result.verdict, result.claim.verdict
    if language == "zh":
        claim = chinese.CLAIMS[result.number - 1]
        verdict, recorded = chinese.VERDICTS[verdict], chinese.VERDICTS[recorded]
    if not result.as_recorded:
        verdict = verdict.upper() + WORDS[language]["recorded"] % recorded
    head = WORDS[language]["claim"] % (result.number, claim, verdict)
    return wrapped(head) + "\n" + wrapped(result.said(language), indent="   ")
