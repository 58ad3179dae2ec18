"""The whole comparison for a terminal, in two languages: table, claims, advice."""

import shutil

from . import chinese, record, report
from .lab import PATHS, RECORDED
from .terminal import WORDS, columns, wrapped

ROWS = {
    "en": {
        "head": "loss after epoch",
        "printed": "part %d, lr %g, printed",
        "reruns": "part %d, lr %g, %d reruns",
        "here": "99 %% of runs on %s, lr %s",
        "claim": "%s (step %s): %s",
    },
    "zh": {
        "head": "各迭代周期后的损失",
        "printed": "第 %d 部分，学习率 %g，打印值",
        "reruns": "第 %d 部分，学习率 %g，%d 次",
        "here": "%s，学习率 %s，99 %% 区间",
        "claim": "%s（第 %s 步）：%s",
    },
}
HEADLINES = {"en": record.headline, "zh": chinese.headline}
ADVICE = {"en": report.advice, "zh": chinese.advice}


def told(results, lab, here, language="en"):
    """Return the verdict on the whole, the losses, each claim and the advice, as text.

    results: of record.compare(lab). here: of report.this_platform(). language: "en" or
    "zh". Lines are as wide as the terminal, at most 100 columns.
    """
    width = min(shutil.get_terminal_size((88, 24)).columns, 100)
    claims = [claim_lines(result, language, width) for result in results]
    blocks = [
        HEADLINES[language](results),
        losses_table(lab, here, language),
        "\n".join(claims),
        wrapped(ADVICE[language](here), width),
    ]
    return "\n\n".join(blocks)


def losses_table(lab, here, language="en"):
    """Return the printed losses, the lab's reruns and this platform's, a line each."""
    words = ROWS[language]
    rows = [(words["head"], "1", "2", "3")]
    for number, part in enumerate(PATHS, 1):
        printed = RECORDED[part]
        run = number, printed["lr"]
        losses = lab.study(part, printed["lr"]).losses
        rows.append((words["printed"] % run, *printed["epoch_loss_printed"]))
        ours = ["%.3g +- %.1g" % (e.mean(), e.std(ddof=1)) for e in losses.T]
        rows.append((words["reruns"] % (*run, lab.runs), *ours))
    for lr, pairs in here["losses"].items():
        ranges = ["%.3g..%.3g" % tuple(pair) for pair in pairs]
        rows.append((words["here"] % (here["system"], lr), *ranges))
    return aligned(rows)


def aligned(rows):
    """Return rows of texts as lines; the first column may have wide signs."""
    names = max(30, *(columns(row[0]) for row in rows))
    return "\n".join(
        row[0] + " " * (names - columns(row[0])) + "".join(" %18s" % x for x in row[1:])
        for row in rows
    )


def claim_lines(result, language, width):
    """Return a claim with its verdict, and below it what was measured."""
    claim, verdict, recorded = result.claim.text, result.verdict, result.claim.verdict
    if language == "zh":
        claim = chinese.CLAIMS[result.number - 1]
        verdict, recorded = chinese.VERDICTS[verdict], chinese.VERDICTS[recorded]
    sign = " " if result.as_recorded else "!"
    if not result.as_recorded:
        verdict = verdict.upper() + WORDS[language]["recorded"] % recorded
    steps = result.claim.step.replace(", ", "、" if language == "zh" else ", ")
    said = ROWS[language]["claim"] % (claim, steps, verdict)
    head = "%s%2d. " % (sign, result.number)
    lines = wrapped(said, width - 5, " " * 5)
    return head + lines[5:] + "\n" + wrapped(result.said(language), width, " " * 5)
