"""The teacher's pictures: loss curves, errors against theory, the broadcast trap."""

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .. import theory
from ..plots import DATA, EXACT, FLOOR, LINE, PLAIN


def curves_figure(courses, what, noise_sd=None):
    """Return a Figure of the loss after each epoch, a colour for each value.

    courses: of studies.course, at least one. what: is studied, such as "lr". The line
    is the median run, the band all runs; a value of which a run diverged says so.
    """
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    colors = matplotlib.colormaps["plasma"](np.linspace(0, 0.8, len(courses)))
    for one, color in zip(courses, colors):
        epochs = np.arange(one.losses.shape[1])
        middle = np.median(one.losses, axis=0)
        gone = int(np.isinf(one.losses[:, -1]).sum())
        label = "%s %g" % (what, one.value)
        label += ": %d of %d diverged" % (gone, len(one.losses)) if gone else ""
        there = np.isfinite(middle)
        band = [each[there] for each in (one.losses.min(axis=0), middle)]
        whole = np.where(np.isfinite(one.losses), one.losses, np.nan)
        band[1] = np.nanmax(whole[:, there], axis=0)
        axes.fill_between(epochs[there], *band, color=color, alpha=0.2, linewidth=0)
        axes.plot(epochs[there], middle[there], "o-" if there.all() else "x",
                  color=color, markersize=4, label=label)  # fmt: skip
    if noise_sd:
        axes.axhline(theory.noise_floor(noise_sd), color=FLOOR, linestyle="--",
                     label="noise floor")  # fmt: skip
    axes.set_yscale("log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("epoch (0: before the first step)")
    axes.set_ylabel("mean half squared error")
    axes.legend(fontsize=9, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def errors_figure(points, field, what):
    """Return a Figure of the error of the parameters against noise or examples.

    points: dicts with the field's value, and the rms errors "measured", "theory" and
    "least_squares". what: the words for the axis.
    """
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    points = sorted(points, key=lambda point: point[field])
    for name, style, color, label in (
        ("theory", "-", PLAIN, "theory: SGD"),
        ("least_squares", "--", EXACT, "theory: least squares, σ/√n"),
        ("measured", "o", DATA, "measured"),
    ):
        pairs = [(point[field], point[name]) for point in points]
        axes.plot(*zip(*pairs), style, color=color, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(what)
    axes.set_ylabel("rms error of w and b")
    axes.legend(fontsize=9, frameon=False)
    return figure


def trap_figure(features, labels, paths, rows=10):
    """Return a Figure of step 7's trap: the matrix of all pairs, and what it teaches.

    paths: of studies.trap.
    """
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    trap_pairs(left, features[:rows], labels[:rows], paths)
    left.set_title("(%d, 1) - (%d,) is (%d, %d)" % ((rows,) * 4))
    trap_paths(right, labels, paths)
    right.set_title("What is learned")
    right.legend(fontsize=9, frameon=False, loc="center", bbox_to_anchor=(0.6, 0.33))
    return figure


def trap_pairs(axes, features, labels, paths):
    """Draw predictions minus labels as they are broadcast: only the diagonal is meant.

    features (k, d), labels (k,); the predictions are of the right path's end. Brown:
    too high, teal: too low, colours that stand for nothing else in our figures.
    """
    end, rows = paths["with"][-1], len(labels)
    pairs = (features @ end[:-1] + end[-1])[:, None] - labels
    most = np.abs(pairs).max()
    axes.pcolormesh(pairs, cmap="BrBG_r", vmin=-most, vmax=most)
    for i in range(rows):
        square = dict(fill=False, edgecolor="#222222", linewidth=2)
        axes.add_patch(Rectangle((i, i), 1, 1, **square))
    axes.set_xlim(0, rows), axes.set_ylim(rows, 0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(np.arange(rows) + 0.5, range(rows))
    axes.set_xlabel("label")
    axes.set_ylabel("prediction")


def trap_paths(axes, labels, paths):
    """Draw w and b along both paths of studies.trap, and the mean of the labels."""
    names = ["w[%d]" % i for i in range(paths["with"].shape[1] - 1)] + ["b"]
    steps = np.arange(len(paths["with"]))
    for (name, path), color in zip(paths.items(), (DATA, LINE)):
        axes.plot([], [], color=color, label=name + " the reshape")
        axes.plot(steps, path, color=color)
        for text, end in ends(names, path[-1]).items():
            axes.annotate(" " + text, (steps[-1], end), fontsize=9,
                          va="bottom" if name == "with" else "top")  # fmt: skip
    mean = "mean of the labels"
    axes.axhline(labels.mean(), color=PLAIN, linestyle="--", label=mean)
    axes.margins(y=0.12)  # room for what is written at the ends
    axes.set_xlim(0, steps[-1] * 1.5)
    axes.set_xticks(steps[:: max(1, len(steps) // 3)])
    axes.set_xlabel("step of full-batch descent")
    axes.set_ylabel("w and b")


def ends(names, values):
    """Return {"w[0], w[1] 0.00": value}: where paths end, those at one place as one."""
    places = {}
    for name, value in zip(names, values):
        places.setdefault(round(value, 2) + 0.0, []).append(name)  # no -0.00
    told = {"%s %.2f" % (", ".join(each), at): at for at, each in places.items()}
    return {text.replace("-", "\u2212"): at for text, at in told.items()}
