"""Data in, matplotlib Figure out. No display and no pyplot state is involved."""

import contextlib
import functools

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from . import theory

# One colour for one thing in all figures: a run, or part 1 of the lecture; a second
# one, part 2, or what was learned; the noise floor; least squares; examples and theory.
DATA, LINE, FLOOR = "#4C78A8", "#E45756", "#54A24B"
EXACT, PLAIN = "#8E6BBF", "#868E9A"


def scatter(axes, features, labels, fit=None):
    """Draw the lecture's scatter (step 2): one feature against the label.

    The second feature, or the only one. With a fit, its line at the other features'
    means: the slope is learned, the spread around it is what the others explain.
    """
    column = min(1, features.shape[1] - 1)
    x = features[:, column]
    axes.scatter(x, labels, s=4, color=PLAIN, alpha=0.6, linewidths=0, label="examples")
    if fit is not None:
        ends = np.array([x.min(), x.max()])
        others = np.delete(np.arange(features.shape[1]), column)
        level = features[:, others].mean(axis=0) @ fit.w[others] + fit.b
        label = "learned, other features at their mean" if others.size else "learned"
        axes.plot(ends, fit.w[column] * ends + level, color=LINE, label=label)
    axes.set_xlabel("features[:, %d]" % column)
    axes.set_ylabel("labels")
    axes.set_title("The data")
    axes.legend(fontsize=8, frameon=False)


def losses(axes, fit, noise_sd=None):
    """Draw the loss after each epoch on a log axis, and the noise floor sigma^2 / 2."""
    epochs = np.arange(1, len(fit.losses) + 1)
    marker = "o-" if len(epochs) < 50 else "-"
    axes.plot(epochs, fit.losses, marker, color=LINE, label="training loss")
    if noise_sd:
        floor = theory.noise_floor(noise_sd)
        text = "noise floor σ²/2 = %.1g" % floor
        axes.axhline(floor, color=FLOOR, linestyle="--", label=text)
    if min(fit.losses) > 0:
        axes.set_yscale("log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean half squared error")
    axes.set_title("The loss")
    axes.legend(fontsize=8, frameon=False)


def training_figure(features, labels, fit, noise_sd=None):
    """Return a Figure of the data with the learned line and of the loss per epoch.

    features (n, d), labels (n,), fit a Fit; noise_sd draws the floor where it is known.
    """
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    scatter(left, features, labels, fit)
    losses(right, fit, noise_sd)
    return figure


def learning_rates(axes, points, limits, noise_sd=None):
    """Draw the loss after the last epoch against lr, log axes, with the runs' spread.

    points: sweep.Points. limits: {what: largest stable lr}. Diverged runs are crosses
    at the upper edge.
    """
    ends = [point.losses[np.isfinite(point.losses)] for point in points]
    kept = [(point.lr, end) for point, end in zip(points, ends) if len(end)]
    gone = [point.lr for point in points if point.diverged]
    axes.set_xscale("log")
    axes.set_yscale("log")
    if kept:
        lrs = [lr for lr, _ in kept]
        bands = [(np.median(end), end.min(), end.max()) for _, end in kept]
        middle, low, high = np.transpose(bands)
        axes.fill_between(lrs, low, high, color=DATA, alpha=0.3, label="all runs")
        axes.plot(lrs, middle, "o-", color=DATA, markersize=4, label="median run")
    if gone:
        top = axes.get_xaxis_transform()
        axes.plot(gone, [0.96] * len(gone), "x", color="black", transform=top,
                  label="a run diverged")  # fmt: skip
    for style, (what, lr) in zip((":", "-."), limits.items()):
        axes.axvline(lr, color=PLAIN, linestyle=style, label="%s: %.2f" % (what, lr))
    if noise_sd:
        axes.axhline(theory.noise_floor(noise_sd), color=FLOOR, linestyle="--",
                     label="noise floor")  # fmt: skip
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss after the last epoch")
    axes.legend(fontsize=8, frameon=False)


def sweep_figure(points, limits, noise_sd=None, what="learning rate"):
    """Return a Figure of learning_rates, or of points of what else was varied."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    learning_rates(axes, points, limits, noise_sd)
    axes.set_xlabel(what)
    return figure


def rerun_losses(axes, names, printed, losses, noise_sd):
    """Draw each epoch's loss of many runs beside the printed one, for several parts.

    names: of the parts. printed: (parts, epochs). losses: a (runs, epochs) per part.
    """
    for name, points, runs, color in zip(names, printed, losses, (DATA, LINE)):
        epochs = np.arange(1, runs.shape[1] + 1)
        axes.plot(epochs, runs.T, "-", color=color, alpha=0.25, linewidth=1)
        axes.plot([], [], "-", color=color, label="%s, %d reruns" % (name, len(runs)))
        axes.plot(epochs, points, "D", color=color, label=name + ", printed")
    floor = theory.noise_floor(noise_sd)
    axes.axhline(floor, color=FLOOR, linestyle="--", label="noise floor")
    axes.set_yscale("log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean half squared error")
    axes.legend(fontsize=8, frameon=False)


def recovered(axes, names, rows):
    """Draw how far each parameter lies from the true one, by source, with error bars.

    names: of the parameters. rows: {source: (deviations, sds, color)}, arrays of
    len(names); a source without sds is a diamond.
    """
    axes.axhline(0, color=PLAIN, linestyle="--", label="true")
    for i, (source, (deviations, sds, color)) in enumerate(rows.items()):
        places = np.arange(len(names)) + 0.15 * (i - (len(rows) - 1) / 2)
        marker = "D" if sds is None else "o"
        axes.errorbar(places, deviations, sds, fmt=marker, color=color, capsize=3,
                      label=source)  # fmt: skip
    axes.set_xticks(np.arange(len(names)), names)
    axes.set_ylabel("learned minus true")
    axes.legend(fontsize=8, frameon=False)


def letter(figure):
    """Give each text of a Figure a font that has its signs, where one is installed."""
    for text in figure.findobj(Text):
        families = font_families(text.get_text())
        if families:
            text.set_family(families)


def font_families(text):
    """Return the families, the first first, that have all signs of text; or [].

    Those of matplotlib's settings suffice for English; its own font has no Chinese,
    and one that is installed is put before them.
    """
    usual = list(matplotlib.rcParams["font.family"])
    own = font_manager.get_font(font_manager.findfont(font_manager.FontProperties()))
    lacking = frozenset(map(ord, "".join(text.split()))) - set(own.get_charmap())
    other = font_with(lacking) if lacking else None
    return [other, *usual] if other else [] if lacking else usual


@functools.lru_cache(maxsize=None)
def font_with(signs):
    """Return the family of an installed font that has all of signs, code points.

    matplotlib remembers which fonts there are; one that came later is looked for.
    """
    manager = font_manager.fontManager
    known = {font.fname for font in manager.ttflist}
    for path in set(font_manager.findSystemFonts()) - known:
        with contextlib.suppress(Exception):  # no font that matplotlib can read
            manager.addfont(path)
    fonts = [font for font in manager.ttflist if font.style == "normal"]
    # Of several, a regular one, and one for simplified Chinese.
    fonts.sort(key=lambda font: (font.weight != 400, "SC" not in font.name, font.name))
    for font in fonts:
        # The last resort has a box for every sign there is.
        if not font.name.startswith("Last Resort"):
            if signs <= set(font_manager.get_font(font.fname).get_charmap()):
                return font.name
    return None
