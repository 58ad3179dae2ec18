"""The place of measuring: the lecture's data set, and reruns of the lecture on it."""

import math

import numpy as np

from .. import concise, scratch, theory
from ..config import Config
from ..normal import NormalGenerator
from .dataset import LECTURE, LIBRARIES, lecture_data, recorded

HOLDS, REMARK, FAILS = "holds", "holds with a remark", "does not hold"
TIMED = "timed, and another in every run: below 1 is faster"
RECORDED = recorded()
TRUE = np.array([*LECTURE["true_w"], LECTURE["true_b"]])
PATHS = {"scratch": scratch, "gluon": concise}


class Study:
    """The Fits of one path at one lr; losses (runs, epochs), thetas (runs, 3)."""

    def __init__(self, fits):
        self.fits = fits
        self.losses = np.array([fit.losses for fit in fits])
        self.thetas = np.array([theta(fit) for fit in fits])


class Lab:
    """The lecture's data set, and reruns of the lecture on it, each made once.

    runs: how many shuffles each study has, at least 2. which: as data.lecture_data's.
    """

    def __init__(self, runs=20, which="lecture"):
        self.runs, self.which, self.studies = runs, which, {}
        self.data = features, labels = lecture_data(which)
        self.best = theory.least_squares(features, labels)
        draw = NormalGenerator(0, LIBRARIES[which]).normal
        draw(1, (1000, 2)), draw(1, (1000,))
        # The third draw of the notebooks' run: both parts begin at these weights.
        self.start = draw(0.01, (2,)), 0.0

    def train(self, path="scratch", **config):
        """Return the Fit of one run of a path from the notebooks' initial weights."""
        return PATHS[path].train(*self.data, Config(**config), start=self.start)

    def study(self, path, lr):
        """Return the Study of ``runs`` shuffles; the parts never share a shuffle."""
        first = 0 if path == "scratch" else 1000
        if (path, lr) not in self.studies:
            fits = [self.train(path, lr=lr, seed=first + i) for i in range(self.runs)]
            self.studies[path, lr] = Study(fits)
        return self.studies[path, lr]


def theta(fit):
    """Return w and b as one array (d + 1,)."""
    return np.append(fit.w, fit.b)


def verdict(ok, remark=False):
    """Return FAILS unless ok, else HOLDS or, with a remark, REMARK."""
    return (REMARK if remark else HOLDS) if ok else FAILS
