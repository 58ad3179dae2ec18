"""The bench's runs as the page's script needs them, and four of them as pictures."""

import re

import numpy as np

from ... import plots, theory
from ...config import Config
from .. import bench
from .drawn import place, svg
from .typeset import typeset

WINDOW = (-1.2, 5.2), (-7.2, 1.2)  # of w: the start, the minimum, and as far beyond
LOSSES = 2e-5, 2e3
PARTS = "run-line", "run-dots"
FAR = 1e5  # units of an SVG: farther out nobody sees whether a line goes on
SAID = {
    "en": {
        "head": "lr {lr:g}, {batch}, {steps} steps: ",
        "batch": "batches of {0}",
        "all": "all examples at once",
        "losses": "loss {losses} after the epochs. ",
        "floor": "It lies on the floor, {floor:.3g}: these data allow no less.",
        "falling": "It is still on its way down, {times:.3g} times the floor.",
        "above": "It is {times:.3g} times the floor: the steps are too long to settle.",
        "diverged": "diverged in epoch {epoch}. The largest rate that is stable for "
        "{batch} is {stable:.2f}.",
    },
    "zh": {
        "head": "学习率 {lr:g}，{batch}，{steps} 步：",
        "batch": "批量大小 {0}",
        "all": "一次用全部样本",
        "losses": "各迭代周期后的损失为 {losses}。",
        "floor": "已经到达下限 {floor:.3g}：这些数据不允许更低。",
        "falling": "还在下降，是下限的 {times:.3g} 倍。",
        "above": "是下限的 {times:.3g} 倍：步子太大，停不下来。",
        "diverged": "在第 {epoch} 个迭代周期发散。这样的批量下，最大的稳定学习率是 {stable:.2f}。",
    },
}


def surface(lab):
    """Return (w0, w1, losses) for contours: the loss with b at its best."""
    features, labels = (array.astype(np.float64) for array in lab.data)
    ends = (np.linspace(*ends, 61) for ends in WINDOW)
    w0, w1 = np.meshgrid(*ends)
    apart = np.stack([w0 - lab.best.w[0], w1 - lab.best.w[1]])
    spread = np.cov(features.T, bias=True)
    curved = np.einsum("iab,ij,jab->ab", apart, spread, apart)
    return w0, w1, lab.best.loss + curved / 2


def canvases(lab):
    """Return {"path": (SVG, axes), "loss": ...}: all but a run's own lines."""
    contours, best = surface(lab), lab.best

    def path(axes):
        levels = np.array([0.03, 0.3, 1, 3, 6, 10, 15, 21])
        axes.contour(*contours, levels, colors=plots.PLAIN, linewidths=0.7)
        axes.plot(*lab.start[0], "s", color="black", label="start", markersize=5)
        axes.plot(*best.w, "*", color=plots.EXACT, label="least squares", markersize=12,
                  gid="best")  # fmt: skip
        empty(axes, WINDOW)
        axes.set_xlabel("w[0]")
        axes.set_ylabel("w[1]")

    def loss(axes):
        axes.set_yscale("log")
        axes.axhline(best.loss, color=plots.FLOOR, linestyle="--", label="noise floor")
        empty(axes, ((-0.05, Config.num_epochs + 0.05), LOSSES))
        axes.set_xticks(range(Config.num_epochs + 1))
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss of all examples")

    drawings = {"path": path, "loss": loss}
    return {each: svg(draw, "bench-" + each) for each, draw in drawings.items()}


def empty(axes, window):
    """Draw the two lines that a run will fill: its steps, and a dot for each."""
    x, y = (np.mean(ends) for ends in window)
    for part, width in zip(PARTS, (1.2, 3.6)):
        axes.plot([x, x], [y, y], color=plots.DATA, linewidth=width, gid=part,
                  solid_capstyle="round", solid_joinstyle="round")  # fmt: skip
    axes.set_xlim(window[0]), axes.set_ylim(window[1])


def lines(run, axes):
    """Return {"path": [line, dots], "loss": ...}: a run as the d of SVG paths."""
    with np.errstate(all="ignore"):
        places = {
            "path": place(axes["path"], *run.w.T),
            "loss": place(axes["loss"], run.epochs, run.losses),
        }
    return {name: path(points) for name, points in places.items()}


def path(points):
    """Return the d of a line through points (k, 2), and of a dot at each.

    Both end before the first point that is far out of sight, or not finite.
    """
    near = (np.abs(points) < FAR).all(axis=1)
    count = len(points) if near.all() else int(near.argmin())
    pairs = ["%.1f %.1f" % tuple(point) for point in points[:count]]
    return ["M" + "L".join(pairs), "".join("M%sh0" % each for each in pairs)]


def said(run, lab):
    """Return what a run came to, {"en": text, "zh": text}."""
    n = len(lab.data[1])
    steps = -(-n // run.batch_size) * Config.num_epochs
    told = {}
    for language, words in SAID.items():
        batch = words["all" if run.batch_size >= n else "batch"].format(run.batch_size)
        text = words["head"].format(lr=run.lr, batch=batch, steps=steps)
        if run.diverged:
            bound = None if run.batch_size >= n else run.batch_size
            stable = theory.largest_stable_lr(lab.data[0], bound)
            parts = dict(epoch=len(run.ends) + 1, batch=batch, stable=stable)
            told[language] = text + words["diverged"].format(**parts)
            continue
        losses = ("、" if language == "zh" else ", ").join("%.3g" % e for e in run.ends)
        falls = run.ends[-1] < min(run.ends[:-1])
        outcome = "falling" if run.outcome == "above" and falls else run.outcome
        parts = dict(floor=run.floor, times=run.ends[-1] / run.floor)
        told[language] = text + words["losses"].format(losses=losses)
        told[language] += words[outcome].format(**parts)
    return {language: typeset(text, language) for language, text in told.items()}


def filled(canvas, drawn):
    """Return a canvas' SVG with a run's two lines in it."""
    values = iter(drawn)
    group = r'(<g id="[\w-]+-run-\w+">\s*<path d=")[^"]*'
    return re.sub(group, lambda match: match[1] + next(values), canvas)


def bench_shown(lab, lrs=bench.LRS, batch_sizes=bench.BATCH_SIZES):
    """Return what the page's bench is made of; lrs have TELLING's among them.

    rates, batches: of the controls. script: the runs, for the page's script. canvases:
    the two SVGs that it fills. pictures: TELLING's runs, as they stand without scripts.
    """
    recorded = bench.runs(lab, lrs, batch_sizes)
    canvas = canvases(lab)
    axes = {name: each[1] for name, each in canvas.items()}
    runs = {
        "%g|%d"
        % key: {**lines(run, axes), "said": said(run, lab), "outcome": run.outcome}
        for key, run in recorded.items()
    }
    rates = ["%g" % lr for lr in lrs]
    return {
        "script": {"rates": rates, "runs": runs},
        "rates": rates,
        "batches": batch_sizes,
        "canvases": {name: each[0] for name, each in canvas.items()},
        "pictures": [picture(canvas, lr, runs) for lr in bench.TELLING],
    }


def picture(canvas, lr, runs):
    """Return a run in batches of 10 as {"rate", "said", "svgs": [{"name", "svg"}]}."""
    rate = "%g" % lr
    run = runs["%s|%d" % (rate, Config.batch_size)]
    svgs = []
    for part, (body, _) in canvas.items():
        name = "rate-%s-%s" % (rate.replace(".", "-"), part)
        body = re.sub(r"\bbench-%s-" % part, name + "-", body)  # ids of its own
        svgs.append({"name": name, "svg": filled(body, run[part])})
    return {"rate": rate, "said": run["said"], "svgs": svgs}
