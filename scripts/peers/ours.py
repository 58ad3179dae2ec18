"""Our own three paths, the whole public call: checks, copies and losses included."""

import numpy as np

from linreg_gluon import Config, Fit, concise, fused, scratch

PATHS = {"scratch": scratch, "gluon": concise, "fused": fused}


def train_by(name, features, labels, problem):
    config = Config(problem.lr, problem.epochs, problem.batch_size)
    start = Fit(np.zeros(problem.d, features.dtype), 0.0)
    fit = PATHS[name].train(features, labels, config, start=start)
    return fit.w, fit.b
