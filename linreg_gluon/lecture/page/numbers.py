"""This run's own numbers beside the notebooks', as tables of the page."""

import math

import numpy as np

from ..lab import PATHS, RECORDED, TRUE
from .typeset import typeset

WORDS = {
    "en": {
        "printed": "the notebook printed",
        "ours": "ours, %d shuffles: mean ± spread",
        "apart": "the notebook lies",
        "here": "99 of 100 runs on %s",
        "epoch": "loss after epoch %d",
        "above": "%.1f spreads above our mean",
        "below": "%.1f spreads below our mean",
        "parameter": "true",
        "best": "least squares",
        "title": "Part %d at lr %g",
    },
    "zh": {
        "printed": "笔记本打印的",
        "ours": "我们的，打乱 %d 次：平均 ± 标准差",
        "apart": "笔记本的数",
        "here": "%s 上 100 次里有 99 次",
        "epoch": "第 %d 个迭代周期后的损失",
        "above": "比我们的平均值高 %.1f 个标准差",
        "below": "比我们的平均值低 %.1f 个标准差",
        "parameter": "真实值",
        "best": "最小二乘",
        "title": "第 %d 部分，学习率 %g",
    },
}
ROUNDING = 1e-6 / 12**0.5  # of a loss that was printed with six decimals


def losses(lab, here, part):
    """Return a part's losses as {"title", "head", "rows"}, each text in both languages.

    head: of the columns. rows: (name, cells).
    """
    number, printed = 1 + list(PATHS).index(part), RECORDED[part]
    runs = lab.study(part, printed["lr"]).losses
    notebook = np.array(printed["epoch_loss_printed"], dtype=float)
    means, sds = runs.mean(axis=0), np.hypot(runs.std(axis=0, ddof=1), ROUNDING)
    rows = [
        (said("printed"), list(map(same, printed["epoch_loss_printed"]))),
        (said("ours", lab.runs), list(map(spread, means, sds))),
        (said("apart"), list(map(distance, (notebook - means) / sds))),
    ]
    pairs = here["losses"].get("%g" % printed["lr"])
    if pairs:
        ranges = [same("%f –\u2060\u00a0%f" % tuple(pair)) for pair in pairs]
        rows.append((said("here", here["system"]), ranges))
    head = [said("epoch", epoch) for epoch in (1, 2, 3)]
    return {"title": said("title", (number, printed["lr"])), "head": head, "rows": rows}


def parameters(lab):
    """Return the learned parameters of all sources, in the form of losses."""
    best = np.append(lab.best.w, lab.best.b)
    rows = [
        (said("parameter"), [same("%g" % each) for each in TRUE]),
        (said("best"), [same("%.5f" % each) for each in best]),
    ]
    for number, part in enumerate(PATHS, 1):
        printed = RECORDED[part]
        title = said("title", (number, printed["lr"]))
        theta = TRUE - np.append(printed["error_w"], printed["error_b"])
        ours = lab.study(part, printed["lr"]).thetas
        name = joined(title, said("printed"))
        rows.append((name, [same("%.5f" % each) for each in theta]))
        cells = list(map(spread, ours.mean(axis=0), ours.std(axis=0, ddof=1)))
        rows.append((joined(title, said("ours", lab.runs)), cells))
    head = [same("w[0]"), same("w[1]"), same("b")]
    return {"title": None, "head": head, "rows": rows}


def said(name, values=()):
    """Return words of WORDS, filled in, as {"en": ..., "zh": ...}."""
    return {each: words[name] % values for each, words in WORDS.items()}


def same(text):
    """Return a text that needs no translation."""
    return {language: typeset(text, language) for language in WORDS}


def spread(mean, sd):
    """Return a mean with its spread, both to the digit at which the spread begins."""
    digits = -math.floor(math.log10(sd)) if sd > 0 else 6
    return same("%.*f ±\u00a0%.*f" % (digits, mean, digits, sd))


def joined(first, second):
    """Return two texts with a comma between them."""
    comma = {"en": ", ", "zh": "，"}
    return {each: first[each] + comma[each] + second[each] for each in comma}


def distance(score):
    """Return a z-score in words."""
    return said("above" if score > 0 else "below", abs(score))
