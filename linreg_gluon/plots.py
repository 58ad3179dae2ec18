"""Data in, matplotlib Figure out. No display and no pyplot state is involved."""

import numpy as np
from matplotlib.figure import Figure

from . import theory

DATA, LINE, FLOOR = "#4C78A8", "#E45756", "#54A24B"


def scatter(axes, features, labels, fit=None):
    """Draw the lecture's scatter (step 2): one feature against the label.

    The second feature, or the only one. With a fit, its line at the other features'
    means: the slope is learned, the spread around it is what the others explain.
    """
    column = min(1, features.shape[1] - 1)
    x = features[:, column]
    axes.scatter(x, labels, s=4, color=DATA, alpha=0.6, linewidths=0, label="examples")
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
        text = "noise floor $\\sigma^2/2$ = %.1g" % floor
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


def prediction_figure(actual, predicted, is_held, target="label"):
    """Return a Figure of predicted against actual labels, and of the residuals.

    actual, predicted (k,) and is_held (k,), True for rows that training did not see.
    """
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for held, color, name in ((False, DATA, "training"), (True, FLOOR, "held out")):
        rows = is_held == held
        if rows.any():
            style = dict(s=6, color=color, alpha=0.6, linewidths=0, label=name)
            left.scatter(actual[rows], predicted[rows], **style)
            right.scatter(predicted[rows], (actual - predicted)[rows], **style)
    ends = [actual.min(), actual.max()]
    left.plot(ends, ends, color=LINE, linewidth=1, label="predicted = actual")
    right.axhline(0, color=LINE, linewidth=1)
    left.set_xlabel(f"actual {target}")
    left.set_ylabel(f"predicted {target}")
    left.set_title("Predictions")
    left.legend(fontsize=8, frameon=False)
    right.set_xlabel(f"predicted {target}")
    right.set_ylabel("actual minus predicted")
    right.set_title("Residuals")
    return figure
