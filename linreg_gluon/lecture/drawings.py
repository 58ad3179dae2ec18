"""The teacher's pictures: loss curves, errors against theory, the broadcast trap."""

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from .. import theory
from ..plots import DATA, EXACT, FLOOR, LINE, PLAIN


def curves_figure(courses, what, noise_sd=None):
    """Return a Figure of the loss after each epoch, a colour for each value.

    courses: of studies.course, at least one. what: is studied, such as "lr". The line
    is the median run, the band all runs; a value of which a run diverged says so.
    """
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    colors = matplotlib.colormaps["plasma"](np.linspace(0, 0.88, len(courses)))
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

    paths: of studies.trap. Left, the differences of the first rows' predictions, by the
    right path's end, and labels: only the diagonal is meant. Right, both paths.
    """
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    end = paths["with"][-1]
    predicted = features[:rows] @ end[:-1] + end[-1]
    pairs = predicted[:, None] - labels[:rows]
    most = np.abs(pairs).max()
    shown = left.imshow(pairs, cmap="RdBu_r", vmin=-most, vmax=most)
    figure.colorbar(shown, ax=left, label="prediction minus label")
    left.plot(*[range(rows)] * 2, "s", fillstyle="none", color="black", markersize=14)
    left.set_title("(%d, 1) - (%d,) is (%d, %d)" % ((rows,) * 4))
    left.set_xlabel("label (squares: the pairs that are meant)")
    left.set_ylabel("prediction")
    names = ["w[%d]" % i for i in range(features.shape[1])] + ["b"]
    steps = np.arange(len(paths["with"]))
    for (name, path), color in zip(paths.items(), (DATA, LINE)):
        right.plot([], [], color=color, label=name + " the reshape")
        right.plot(steps, path, color=color)
        for text, end in ends(names, path[-1]).items():
            right.annotate(" " + text, (steps[-1], end), color=color, fontsize=9,
                           va="bottom" if name == "with" else "top")  # fmt: skip
    mean = "mean of the labels"
    right.axhline(labels.mean(), color=PLAIN, linestyle="--", label=mean)
    right.set_xlim(0, steps[-1] * 1.4)
    right.set_title("What is learned")
    right.set_xlabel("step of full-batch descent")
    right.set_ylabel("w and b")
    right.legend(fontsize=9, frameon=False, loc="center", bbox_to_anchor=(0.55, 0.33))
    return figure


def ends(names, values):
    """Return {"w[0], w[1] 0.00": value}: where paths end, those at one place as one."""
    places = {}
    for name, value in zip(names, values):
        places.setdefault(round(value, 2) + 0.0, []).append(name)  # no -0.00
    return {"%s %.2f" % (", ".join(each), at): at for at, each in places.items()}
