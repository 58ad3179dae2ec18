"""docs/lecture.md and docs/lecture.zh-CN.md, written from the steps.

What was measured of a claim is left empty between its two comments: docs/refresh.py
fills it in from a run.
"""

import importlib
import inspect
import pathlib

from . import chinese
from .record import CLAIMS
from .steps import STEPS

FILES = {"en": "lecture.md", "zh": "lecture.zh-CN.md"}
PACKAGE = pathlib.Path(__file__).resolve().parents[1]
FIGURES = {
    "data": "![%s](training.png)",
    "rates": "![%s](sweep.png)\n"
    "<!-- drawn by: python scripts/sweep_lr.py --quiet --plot docs/sweep.png -->",
}
WORDS = {
    "en": {
        "title": "The lecture, step by step",
        "other": "[中文](lecture.zh-CN.md)",
        "lead": "The eighteen steps of the lecture in their order: what happens, the "
        "code as the lecture types it, ours beside it, and what was measured. All of "
        "it comes from one source, `linreg_gluon/lecture/steps.*.md`; `make docs` "
        "writes it, a test holds it. First the verdict, and the losses to expect:",
        "command": "python scripts/compare_lecture.py --json out/compare.json",
        "parts": {1: "Part 1: from scratch", 12: "Part 2: with Gluon"},
        "data": "The data with the learned line; the loss falling to the noise floor",
        "rates": "Loss after three epochs against the learning rate",
        "said": "In the lecture (Chinese, a machine's transcript): “%s”",
        "note": "*Note.* %s",
        "lecture": "As the lecture types it:",
        "ours": "Ours, and that both agree:",
        "code": "Code: ",
        "measured": "Measured: ",
        "claim": "Claim %d",
        "see": "Measured at step %s: ",
        "exercises": "Exercises, each with an answer that runs:",
    },
    "zh": {
        "title": "一步一步看这一课",
        "other": "[English](lecture.md)",
        "lead": "这一课的十八个步骤，按顺序：做了什么，课上怎样写，我们怎样写，测量得到什么。"
        "全部内容出自同一个来源 `linreg_gluon/lecture/steps.*.md`，由 `make docs` 生成，"
        "由测试保证不过时。先看结论，以及应当看到的损失：",
        "command": "python scripts/compare_lecture.py --lang zh",
        "parts": {1: "第一部分：从零开始", 12: "第二部分：用 Gluon"},
        "data": "数据与学到的直线；损失降到噪声下限",
        "rates": "三个迭代周期之后的损失与学习率",
        "said": "课上的原话（机器字幕）：“%s”",
        "note": "*注* %s",
        "lecture": "课上的写法：",
        "ours": "我们的写法，并检查两者一致：",
        "code": "代码：",
        "measured": "测量：",
        "claim": "论断 %d",
        "see": "在第 %s 步测量：",
        "exercises": "练习，每题都有可以运行的答案：",
    },
}


def markdown(language="en"):
    """Return the document in a language, its claims not yet measured."""
    words = WORDS[language]
    blocks = [
        "# %s (%s)" % (words["title"], words["other"]),
        words["lead"],
        "<!-- first 9 lines of: %s -->\n```text\n```" % words["command"],
    ]
    for step in STEPS:
        if step.number in words["parts"]:
            blocks.append("## " + words["parts"][step.number])
        blocks += section(step, language)
    return "\n\n".join(blocks) + "\n"


def section(step, language):
    """Return a step's blocks."""
    words = WORDS[language]
    blocks = [
        '<a id="step-%d"></a>' % step.number,
        "### %d. %s" % (step.number, step.title[language]),
        step.text[language],
        words["note"] % step.note[language],
        "> " + words["said"] % step.transcript,
    ]
    if step.figure in FIGURES:
        blocks.append(FIGURES[step.figure] % words[step.figure])
    blocks += [words["lecture"], fenced(step.cell), words["ours"], fenced(step.ours)]
    links = (link(name) for name in step.functions)
    blocks.append(words["code"] + ", ".join(links))
    blocks += [folded(name) for name in first_shown(step)]
    blocks += [claim(step, number, language) for number in step.claims]
    blocks += ["**%s** %s" % (q[language], a[language]) for q, a in step.questions]
    if step.exercises:
        asked = ["- %s (%s)" % (e.question[language], source(e.run, e.id))
                 for e in step.exercises]  # fmt: skip
        blocks += [words["exercises"], "\n".join(asked)]
    return blocks


def first_shown(step):
    """Return the names of a step's functions that no step before it has."""
    before = {name for each in STEPS[: step.number - 1] for name in each.functions}
    return [name for name in dict.fromkeys(step.functions) if name not in before]


def folded(name):
    """Return a function of ours as it stands, to unfold."""
    code = inspect.getsource(inspect.unwrap(function(name)))
    head = "<details><summary><code>%s</code></summary>" % name
    return "\n\n".join([head, fenced(code), "</details>"])


def claim(step, number, language):
    """Return a claim with the comments that a run fills, or where that is."""
    words, first = WORDS[language], CLAIMS[number - 1].step.split(", ")[0]
    text = CLAIMS[number - 1].text if language == "en" else chinese.CLAIMS[number - 1]
    if int(first) != step.number:
        return "%s[%s](#claim-%d)" % (words["see"] % first, text, number)
    mark = "" if language == "en" else " " + language
    return '<a id="claim-%d"></a>%s: *%s*\n%s<!-- claim %d%s --><!-- /claim -->' % (
        number,
        words["claim"] % number,
        text,
        words["measured"],
        number,
        mark,
    )


def function(name):
    """Return our function, or class, of a dotted name such as "scratch.sgd"."""
    room, _, attribute = name.partition(".")
    return getattr(importlib.import_module("linreg_gluon." + room), attribute)


def link(name):
    """Return a link to the file in which a function of ours stands."""
    return source(function(name), name.split(".")[-1])


def source(thing, name):
    """Return a link, seen from docs/, to the file in which a thing was written."""
    file = pathlib.Path(inspect.getsourcefile(inspect.unwrap(thing))).resolve()
    return "[`%s`](../%s)" % (name, file.relative_to(PACKAGE.parent).as_posix())


def fenced(code):
    """Return code as a block of Markdown."""
    return "```python\n%s```" % code
