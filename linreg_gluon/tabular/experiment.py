"""A run over a table: split, units, least squares, training. A script's --csv is this.

data = tabular.read_csv("houses.csv", target="price")
study = tabular.Experiment(data, holdout=0.2)
result = study.train(fused.train, Config(num_epochs=60))
"""

import dataclasses
import time

import numpy as np

from .. import theory
from ..config import InputError
from ..kept import Keeping, Model, Spread, Units, check_same, identity, train_in_parts
from ..theory import ALONE
from .beginning import begun, decay_of, settled
from .converging import converge
from .distance import Distance
from .fingerprints import check_knows, older_facts
from .logarithm import in_logarithms, smearing_factor
from .noticing import noticed, skewed
from .preparing import Preparation, check_enough, facts, held_out_last, own_rows, score
from .result import Result
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
    facts: rows, sha256 and preparation; known: these as resumed knows them. whole:
    (rows, sd of the labels) of all processes' training parts, where training is this
    one's alone; else None. seconds: per stage.
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
        place = data.first, len(data.values)
        told = data.rows or len(data.values), self.preparation, everyone
        rows = own_rows(*told, *place)
        kept = rows[0] | rows[1] if data.rows else slice(None)
        check_enough(data, rows[2], self.preparation.holdout)
        held, logged = rows[1][kept], self.preparation.log_target
        last = held_out_last(data.values, held, data.empty)
        with in_logarithms(data, logged), last as n:
            everyone = everyone if data.rows else ALONE
            self.everyone, self.solves = everyone, solve
            self.solution, self.warnings = None, ()
            if solve:
                self.solution, self.warnings = solve_table(data, n, everyone)
            if solve and not data.rows:
                self.warnings += self.noticed(data, n, rows[0])
            self.prepare(data, n, units, everyone)
        self.seconds = {"read": data.seconds, "prepare": time.perf_counter() - start}

    def noticed(self, data, n, is_training):
        """Return what is odd about the first n rows; is_training: which these are."""
        own = np.flatnonzero(is_training)
        found = noticed(data, n, self.solution, lambda rows: data.places(own[rows]))
        if not self.preparation.log_target:
            found += skewed(data.labels[:n], data.target)
        return tuple(found)

    def prepare(self, data, n, units, everyone):
        """Convert both parts of a table whose first n rows train."""
        features, labels = data.features[:n], data.labels[:n]
        if units is None and self.preparation.standardize:
            units = Units.standard(features, labels, everyone)
        self.units = units or Units.own(len(data.names))
        told, rest = (self.preparation.dtype, data.empty), data.values[n:]
        self.held = None
        if len(rest):
            self.held = self.units.convert(rest[:, :-1], rest[:, -1], *told)
        self.training = self.units.convert(features, labels, *told)
        self.whole = None
        if data.rows:
            total = everyone.settle(n)
            self.whole = total, float(theory.moments(self.training[1], everyone)[1])

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
        n = self.whole[0] if self.whole else len(self.training[1])
        return {"training": n, "held out": len(self.held[1]) if self.held else 0}

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
        start, square = time.perf_counter(), self.units.label_scale**2
        endings = []

        def to_own_units(epoch, loss):
            if on_epoch:
                on_epoch(epoch, loss * square)

        def one_part(config, fit):
            options = {"start": fit, "on_epoch": to_own_units}
            if "num_epochs" not in auto:
                return train(*self.training, config, **options)
            options.update(told, everyone=self.everyone, distance=self.distance(config))
            fit, ending = converge(
                train, *self.training, config, auto_rate="lr" in auto, **options
            )
            endings.append(ending)
            return fit

        def as_model(fit):
            return self.model(fit, settled(config, fit, endings))

        config = begun(self, config, keeping, auto)
        fit = train_in_parts(one_part, config, keeping, as_model)
        seconds = {**self.seconds, "train": time.perf_counter() - start}
        ending = endings[0] if endings else None
        config = settled(config, fit, endings)
        return Result(self, fit, config, seconds, ending, tuple(auto))

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

    def metrics(self, fit):
        """Return {part: {"rmse", "r2"}} of a Fit, rmse in the target's own units."""
        if self.whole:  # the loss of all processes' rows is known, and the same thing
            square, sd = 2 * fit.losses[-1], self.whole[1]
            r2 = float(1 - square / sd**2) if sd else None
            found = {"training": {"rmse": float(np.sqrt(square)), "r2": r2}}
        else:
            found = {"training": score(*self.training, fit)}
        if self.held:
            found["held out"] = score(*self.held, fit)
        for value in found.values():
            value["rmse"] *= self.units.label_scale
        return found

    def model(self, fit, config):
        """Return the Model of a Fit: what is kept of this run."""
        metrics = self.metrics(fit)
        plan = self.plan and self.plan.to_json()
        spread = Spread.of(self.exact, self.rows["training"])
        told = self.facts, metrics, plan, spread, smearing_factor(self, fit)
        return Model(fit, config, self.names, self.units, *told)
