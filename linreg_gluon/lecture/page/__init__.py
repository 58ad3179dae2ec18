"""The page on the lecture: one self-contained file of HTML, in two languages.

The words of the steps are steps.*.md's; page.html, step.html, bench.html, page.css and
page.js are what stands around them.
"""

import datetime
import json
import pathlib

from ...versions import versions
from .. import chinese, record, report
from ..exercises import EXERCISES
from ..steps import STEPS
from .benched import bench_shown
from .figures import step_figures
from .listing import highlighted, listings
from .numbers import losses, parameters
from .plainly import plainly
from .typeset import inline, typeset

COMMAND = "python scripts/compare_lecture.py --runs %d --html lecture.html"
TITLES = {
    "en": "The linear-regression lecture of “Dive into Deep Learning”, annotated",
    "zh": "《动手学深度学习》线性回归一课，逐步注释",
}


def html(results, lab, here, language="en"):
    """Return the comparison with the lecture as one self-contained HTML page.

    results: of record.compare on lab, a Lab. here: report.this_platform(). language:
    the one in which it opens, until a reader chooses. Needs Jinja2 and matplotlib;
    trains for the study of rates and runs the exercises (some seconds).
    """
    import jinja2

    loader = jinja2.FileSystemLoader(str(pathlib.Path(__file__).parent))
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(inline=inline, python=highlighted, json=script_json)
    return environment.get_template("page.html").render(
        language=language,
        titles=TITLES,
        headline={"en": record.headline(results), "zh": chinese.headline(results)},
        same=all(each.as_recorded for each in results),
        advice={"en": report.data_seen(here), "zh": chinese.data_seen(here)},
        here=here,
        steps=[(step, listings(step)) for step in STEPS],
        claims={result.number: claim(result) for result in results},
        answers=answers(),
        figures=step_figures(lab),
        tables=tables(lab, here),
        bench=bench_shown(lab),
        runs=lab.runs,
        command=COMMAND % lab.runs,
        date=datetime.date.today().isoformat(),
        versions=versions(),
    )


def claim(result):
    """Return what the page says of a Result; texts are in both languages."""
    verdicts = {"en": result.verdict, "zh": chinese.VERDICTS[result.verdict]}
    claimed = {"en": result.claim.text, "zh": chinese.CLAIMS[result.number - 1]}
    kinds = {record.HOLDS: "holds", record.FAILS: "fails"}
    return {
        "step": int(result.claim.step.split(", ")[0]),
        "kind": kinds.get(result.verdict, "remark"),
        "verdict": verdicts,
        "claimed": {each: typeset(text, each) for each, text in claimed.items()},
        "plainly": plainly(result, chinese.VERDICTS),
        "measured": {each: typeset(result.said(each), each) for each in ("en", "zh")},
        "code": result.claim.code,
    }


def answers():
    """Return {id: {"en": text, "zh": text}}, every exercise's answer, run now."""
    found = {}
    for each in EXERCISES:
        _, says = each.answer()
        found[each.id] = {name: typeset(text, name) for name, text in says.items()}
    return found


def tables(lab, here):
    """Return {step: a table of numbers}."""
    return {
        9: losses(lab, here, "scratch"),
        10: parameters(lab),
        17: losses(lab, here, "gluon"),
    }


def script_json(value):
    """Return a value as JSON that can stand in a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace(
        "<", "\\u003c"
    )
