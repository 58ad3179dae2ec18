"""A run over a table: split, units, least squares, training. A script's --csv is this.

data = tabular.read_csv("houses.csv", target="price")
study = tabular.Experiment(data, holdout=0.2)
result = study.train(fused.train, Config(num_epochs=60))
"""

import dataclasses
import time

import numpy as np

from .. import theory
from ..config import InputError, once
from ..kept import Keeping, Model, Spread, Units, check_same, identity, train_in_parts
from ..theory import ALONE
from .beginning import begun, decay_of, settled
from .converging import converge
from .distance import Distance
from .fingerprints import check_knows, older_facts
from .logarithm import in_logarithms
from .noticing import noticed
from .preparing import Preparation, check_each_trains, check_enough
from .preparing import facts, held_out_last, own_rows
from .result import Result
from .scores import scores
from .solving import solve as solve_table


class Experiment:
    """What is trained, and what is needed to speak of it and to know it again.

    data: a Table; it is as it was afterwards. preparation: a Preparation, or its fields
    by name. resumed: a Model to go on with, None for none: its units are trained in,
    otherwise the data's, or standard ones. solve: whether to look for the least-squares
    solution, to compare with.
    everyone: as theory.Alone says; the Table then holds this process's rows alone.

    training, held: (features (n, d), labels (n,)) in training units, of the dtype that
    is trained in; held is the held-out part, None if there is none. names: the d
    features' and last the target's. solution: a solving.Solution, None where there are
    too few rows for one, or it was not asked for. warnings: lines for the user.
    facts: rows, sha256 and preparation; known: these as resumed knows them. whole: how
    many rows all processes have in each part, where training and held are this one's
    alone; else None. seconds: per stage.
    Raises InputError for too few rows, ValueError naming a wrong argument.
    """

    def __init__(
        self,
        data,
        preparation=None,
        *,
        resumed=None,
        solve=True,
        everyone=ALONE,
        **options,
    ):
        start = time.perf_counter()
        self.preparation = dataclasses.replace(preparation or Preparation(), **options)
        self.names, self.plan = (*data.names, data.target), data.plan
        self.facts = facts(data, self.preparation)
        self.known = {**self.facts, **older_facts(data, resumed)}
        units = resumed.units if resumed and resumed.names == self.names else None
        place = data.first if data.rows else 0, len(data.values)
        told = data.rows or len(data.values), self.preparation, everyone
        rows = own_rows(*told, *place)
        kept = rows[0] | rows[1] if data.rows else slice(None)
        everyone = everyone if data.rows else ALONE
        check_enough(data, rows[2], self.preparation.holdout)
        check_each_trains(rows[0].sum(), self.preparation.holdout, everyone)
        logged = data, self.preparation.log_target, kept, everyone
        last = held_out_last(data.values, rows[1][kept], data.empty)
        with in_logarithms(*logged), last as n:
            self.everyone, self.solves, self.scored = everyone, solve, (None, None)
            self.solution, self.warnings = None, ()
            if solve:
                self.solution, self.warnings = solve_table(data, n, everyone)
            if solve:
                own = None if data.rows else np.flatnonzero(rows[0])
                places = None if data.rows else lambda rows: data.places(own[rows])
                self.warnings += noticed(self, data, n, places)
            self.prepare(data, n, units, everyone)
        self.seconds = {"read": data.seconds, "prepare": time.perf_counter() - start}

    def prepare(self, data, n, units, everyone):
        """Convert both parts of a table whose first n rows train."""
        features, labels = data.features[:n], data.labels[:n]
        if units is None and self.preparation.standardize:
            units = Units.standard(features, labels, everyone)
        self.units = units or Units.own(len(data.names))
        told, rest = (self.preparation.dtype, data.empty), data.values[n:]
        self.held, held = None, int(everyone.sum(np.float64(len(rest))))
        if held:  # perhaps none of them by this process
            self.held = self.units.convert(rest[:, :-1], rest[:, -1], *told)
        self.training = self.units.convert(features, labels, *told)
        self.whole = None
        if data.rows:
            self.whole = {"training": everyone.settle(n), "held out": held}

    @property
    def exact(self):
        """The LeastSquares in the data's own units; None where it is not unique."""
        return self.solution.least if self.solution and self.solution.unique else None

    @property
    def target(self):
        """What is learned, by name: the target, or its logarithm."""
        name = self.names[-1]
        return f"log({name})" if self.preparation.log_target else name

    @property
    def rows(self):
        """How many rows each part has, {"training": n, "held out": m or 0}."""
        if self.whole:
            return self.whole
        held = len(self.held[1]) if self.held else 0
        return {"training": len(self.training[1]), "held out": held}

    @once
    def second_moment(self):
        """Z'Z / n of the training rows of all processes, (d + 1, d + 1)."""
        return theory.second_moment(self.training[0], self.everyone)

    def scores(self, fit):
        """Return the Scores of a Fit; all processes ask for those of a new one at once.

        One of them alone may ask again for the last one's.
        """
        if self.scored[0] is not fit:
            self.scored = fit, scores(self, fit)
        return self.scored[1]

    def known_to_all(self, fit):
        """Return a Fit, whose Scores each of many processes may look at from now on."""
        if self.whole:
            self.scores(fit)
        return fit

    def train(self, train, config, *, keeping=None, on_epoch=None, auto=(), **told):
        """Train by a path's train and return the Result.

        config: a Config; num_epochs counts those that the model to go on with has seen.
        keeping: a kept.Keeping. on_epoch(epoch, loss) is told each loss in the target's
        own units, squared. auto: which of config's "lr", "num_epochs" and
        "weight_decay" are found instead: the rate from theory, epochs until least
        squares is reached (converging.converge, which is told the rest: tolerance,
        steps), weight decay by leaving rows out. Raises DivergedError, and InputError
        where the model to go on with was trained otherwise.
        """
        keeping = keeping or Keeping()
        self.check_same(config, keeping, auto)
        start, endings = time.perf_counter(), []

        def to_own_units(epoch, loss):
            if on_epoch:
                on_epoch(epoch, loss * self.units.label_scale**2)

        def one_part(config, fit):
            options = {"start": fit, "on_epoch": to_own_units}
            if "num_epochs" not in auto:
                return self.known_to_all(train(*self.training, config, **options))
            options.update(told, everyone=self.everyone, distance=self.distance(config))
            options["auto_rate"] = "lr" in auto
            fit, ending = converge(train, *self.training, config, **options)
            endings.append(ending)
            return self.known_to_all(fit)

        def as_model(fit):
            return self.model(fit, settled(config, fit, endings), self.scores(fit))

        config = begun(self, config, keeping, auto)
        if not keeping.epochs_left(config):
            self.known_to_all(keeping.fit)
        fit = train_in_parts(one_part, config, keeping, as_model)
        seconds = {**self.seconds, "train": time.perf_counter() - start}
        ending = endings[0] if endings else None
        found = settled(config, fit, endings), seconds, ending, tuple(auto)
        return Result(self, fit, *found).known_to_all()

    def distance(self, config):
        """Return the Distance from least squares, or ridge, in training units.

        Nobody has ridge where each process has its own rows alone.
        """
        features, labels = self.training
        best, unique = None, self.exact is not None
        if config.weight_decay and not self.whole:
            best = np.append(*theory.ridge(features, labels, config.weight_decay))
        elif self.solution and not config.weight_decay:
            best = self.units.unfold(self.solution.w, self.solution.b)
        told = {"best": best, "unique": unique, "everyone": self.everyone}
        told["weight_decay"] = config.weight_decay
        return Distance(features, labels, **told)

    def check_same(self, config, keeping, auto=()):
        """Raise InputError where a model to go on with was trained otherwise."""
        config = decay_of(config, keeping, auto)
        check_knows(keeping, self.known)
        now = identity(self.names, config, self.preparation.dtype, self.known)
        wanted = config.num_epochs
        if "num_epochs" in auto:
            wanted = keeping.epochs_seen
            if keeping.save_interval:
                raise InputError("--save-interval needs a number of --epochs")
        check_same(keeping, now, wanted)

    def model(self, fit, config, scores):
        """Return the Model of a Fit and its Scores: what is kept of this run."""
        plan = self.plan and self.plan.to_json()
        spread = Spread.of(self.exact, self.rows["training"])
        smearing = scores.scale and scores.scale["smearing"]
        told = self.facts, scores.metrics, plan, spread, smearing
        return Model(fit, config, self.names, self.units, *told)
