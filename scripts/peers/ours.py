"""Our three paths and the estimator, the whole public call with checks and losses."""

import numpy as np

import linreg_gluon
from linreg_gluon import Config, Fit

PATHS = {"scratch": "scratch", "gluon": "concise", "fused": "fused"}


def train_by(name, features, labels, problem):
    if name == "estimator":
        from linreg_gluon.sklearn import GluonRegressor

        told = {"lr": problem.lr, "num_epochs": problem.epochs}
        fit = GluonRegressor(batch_size=problem.batch_size, **told)
        fit.fit(features, labels)
        return fit.coef_, fit.intercept_
    config = Config(problem.lr, problem.epochs, problem.batch_size)
    start = Fit(np.zeros(problem.d, features.dtype), 0.0)
    path = getattr(linreg_gluon, PATHS[name])  # imported now: fused without MXNet
    fit = path.train(features, labels, config, start=start)
    return fit.w, fit.b
