"""What a report draws: predictions, residuals in two ways, the path of the loss."""

import unicodedata
import warnings
from statistics import NormalDist

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .wording import shortened

LONGEST = 30  # characters of a name beside an axis
PARTS = (False, plots.DATA, "training"), (True, plots.FLOOR, "held out")


def report_figure(actual, predicted, is_held, *, losses, floor=None, target="label"):
    """Return a Figure of four panels.

    actual, predicted (k,) and is_held (k,), True for rows that training did not see.
    losses: after each epoch, in the same unit, squared. floor: what least squares
    leaves of it, if known.
    """
    figure = Figure(figsize=(9, 7.5), layout="constrained")
    (one, two), (three, four) = figure.subplots(2, 2)
    target = named(target)
    predictions(one, actual, predicted, is_held, target)
    residuals(two, actual - predicted, predicted, is_held, target)
    quantiles(three, (actual - predicted)[~is_held])
    loss_path(four, losses, floor)
    plots.letter(figure)
    return figure


def named(target):
    """Return the target's name as an axis can show it: no formula, no missing sign."""
    wide = any(unicodedata.east_asian_width(sign) in "WF" for sign in target)
    short = shortened(target, LONGEST // 2 if wide else LONGEST)
    if not plots.font_families(short):
        text = "no font here has all signs of %r: the figure calls it label"
        warnings.warn(text % target, stacklevel=4)
        return "label"
    return short.replace("$", r"\$")


def scattered(axes, x, y, is_held):
    """Draw points, those held out in another colour; return whether there are both."""
    drawn, size = 0, 16 if len(x) < 200 else 6
    for held, color, name in PARTS:
        rows = is_held == held
        if rows.any():
            style = dict(s=size, color=color, alpha=0.6, linewidths=0, label=name)
            axes.scatter(x[rows], y[rows], **style)
            drawn += 1
    return drawn == len(PARTS)


def predictions(axes, actual, predicted, is_held, target):
    """Draw predicted against actual, and the line where they are equal."""
    scattered(axes, actual, predicted, is_held)
    ends = [actual.min(), actual.max()]
    axes.plot(ends, ends, color=plots.LINE, linewidth=1, label="predicted = actual")
    axes.set_xlabel(f"actual {target}")
    axes.set_ylabel(f"predicted {target}")
    axes.set_title("Predictions")
    axes.legend(fontsize=8, frameon=False)


def residuals(axes, rest, predicted, is_held, target):
    """Draw what the predictions miss: a pattern in it is not learned."""
    if scattered(axes, predicted, rest, is_held):
        axes.legend(fontsize=8, frameon=False)
    axes.axhline(0, color=plots.LINE, linewidth=1)
    axes.set_xlabel(f"predicted {target}")
    axes.set_ylabel("actual minus predicted")
    axes.set_title("Residuals")


def quantiles(axes, rest):
    """Draw the training rows' residuals in sd, ordered, against a normal's quantiles.

    Where they leave the line, intervals and p rest on less than they say. Positions of
    order statistics: (i - 3/8) / (n + 1/4) (Blom, 1958).
    """
    n, sd = len(rest), rest.std()
    shares = (np.arange(1, n + 1) - 0.375) / (n + 0.25)
    normal = np.array([NormalDist().inv_cdf(share) for share in shares])
    ordered = np.sort(rest - rest.mean()) / (sd or 1.0)
    scattered(axes, normal, ordered, np.zeros(n, bool))
    axes.plot(normal[[0, -1]], normal[[0, -1]], color=plots.LINE, linewidth=1)
    axes.set_xlabel("standard deviations, if normal")
    axes.set_ylabel("residual, in standard deviations")
    axes.set_title("Normal Q-Q of the residuals")


def loss_path(axes, losses, floor):
    """Draw the loss after each epoch against the floor of least squares."""
    epochs = np.arange(1, len(losses) + 1)
    marker = "o-" if len(epochs) < 50 else "-"
    axes.plot(epochs, losses, marker, color=plots.LINE, label="training loss")
    if floor is not None and floor > 0:
        style = dict(color=plots.FLOOR, linestyle="--", label="least squares")
        axes.axhline(floor, **style)
    if max(losses) > 10 * min(losses) > 0:
        axes.set_yscale("log")
    if len(epochs) < 100:
        axes.xaxis.get_major_locator().set_params(integer=True)
    else:
        axes.set_xscale("log")
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean half squared error")
    axes.set_title("The loss")
    axes.legend(fontsize=8, frameon=False)
