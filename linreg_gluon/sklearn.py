"""GluonRegressor: the lecture's model as a scikit-learn estimator.

It passes sklearn.utils.estimator_checks without expected failures.
"""

import dataclasses
import importlib
import warnings

import numpy as np

try:
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted
except ImportError as error:
    message = f"GluonRegressor needs scikit-learn ({error}): type  "
    message += 'pip install scikit-learn "numpy<2"'
    raise ImportError(message) from None

from .config import Config, Fit, check_real
from .kept import Units
from .tabular import Distance, Ordered, auto_lr, converge, counted, in_training_units

FLOATS = [np.float64, np.float32]  # as they are: no copy where there need be none
AT_ONCE = 2**23  # numbers: fused makes larger X anew at each look, to save the memory
PATHS = {"scratch": "scratch", "gluon": "concise", "fused": "fused"}


class GluonRegressor(RegressorMixin, BaseEstimator):
    """Linear regression by the lecture's mini-batch SGD.

    path: "fused" (without MXNet), "gluon", "scratch": all take the same steps. lr: a
    rate, in units of standardised columns, or "auto": from theory, and the result is
    the mean of the iterates. num_epochs: a number, or "auto": until least squares is
    reached, as told by the means at two rates. tol: how nearly, in standard errors.
    batch_size: as in Config. weight_decay: in training units, of ridge regression.
    standardize: train in units of mean 0 and sd 1. warm_start: fit begins with the
    coefficients there are. random_state: None, an int or a RandomState, from which the
    initial weights and the order of the batches follow.

    After fit: coef_ float64 (n_features_in_,), intercept_, n_features_in_, n_iter_ (the
    epochs) and losses_ (one per epoch, mean half squared error in y's units).
    fit raises DivergedError rather than keep numbers that are not finite, and warns
    with a ConvergenceWarning where "auto" spent its budget of steps first.
    """

    def __init__(
        self,
        path="fused",
        *,
        lr="auto",
        num_epochs="auto",
        batch_size=10,
        tol=0.1,
        weight_decay=0.0,
        standardize=True,
        warm_start=False,
        random_state=None,
    ):
        self.path = path
        self.lr = lr
        self.num_epochs = num_epochs
        self.batch_size = batch_size
        self.tol = tol
        self.weight_decay = weight_decay
        self.standardize = standardize
        self.warm_start = warm_start
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Fit to X (n, d), y (n,); return self. ValueError for what cannot be fit.

        sample_weight: (n,), at least 0; None: all 1. With num_epochs "auto" a weight of
        2 is the row given twice, and the order of the rows decides nothing.
        """
        train, config = self._path(), self._config()
        X, y = checked(self, X, y, y_numeric=True, dtype=FLOATS)
        weights = sample_weight
        if weights is not None:
            weights = _check_sample_weight(weights, X, dtype=np.float64)
        rows, weights = counted(X, y, weights, merge=is_auto(self.num_epochs))
        if rows is not None:
            X, y = Ordered(X, rows), y[rows]
        told = weights, self.standardize, self._convert(X)
        units, data, centred = in_training_units(X, y, *told)
        start = None
        if self.warm_start and hasattr(self, "coef_"):
            start = units.unfold(self.coef_, self.intercept_)
            start = Fit(start[:-1], 0.0 if centred else start[-1])
        fit = self._trained(train, data, config, start)
        return self._keep(units, dataclasses.replace(fit, b=0.0) if centred else fit)

    def partial_fit(self, X, y):
        """Go on with one epoch over X (n, d), y (n,); return self.

        The units are those of the first rows. With lr "auto" the rate is what these
        rows bear, and the result the mean of the iterates.
        """
        first, train = not hasattr(self, "coef_"), self._path()
        X, y = checked(self, X, y, reset=first, y_numeric=True, dtype=FLOATS)
        start = None
        if first:
            told = None, self.standardize, self._convert(X)
            units, data, _ = in_training_units(X, y, *told)
        else:
            units, start = self._units, self._start
            data = self._convert(X)(units, X, y, np.float32)
        seed = None if start is None else self._seed  # the order of batches goes on
        config = dataclasses.replace(self._config(seed), num_epochs=1)
        return self._keep(units, self._trained(train, data, config, start, 1))

    def _path(self):
        """Return the train that path names."""
        if self.path not in PATHS:
            raise ValueError(f"path must be one of {[*PATHS]}, got {self.path!r}")
        return importlib.import_module("." + PATHS[self.path], __package__).train

    def _convert(self, X):
        """Return how X gets into training units: Units.convert or Units.view."""
        large = self.path == "fused" and len(X) * X.shape[1] > AT_ONCE
        return Units.view if large else Units.convert

    def _config(self, seed=None):
        """Return the Config, whose "auto" fields are still to be found."""
        check_real("tol", self.tol, "greater than 0", lambda tol: tol > 0)
        if seed is None:
            seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self._seed = seed
        told = {"batch_size": self.batch_size, "weight_decay": self.weight_decay}
        for name in ("lr", "num_epochs"):
            if not is_auto(getattr(self, name)):
                told[name] = getattr(self, name)
        return Config(seed=seed, **told)

    def _trained(self, train, data, config, start, epochs=None):
        """Return the Fit of data in training units; epochs: instead of num_epochs."""
        if epochs is None and is_auto(self.num_epochs):
            distance = Distance(*data, weight_decay=config.weight_decay)
            told = {"distance": distance, "start": start, "tolerance": self.tol}
            told["auto_rate"] = is_auto(self.lr)
            fit, ending = converge(train, *data, config, **told)
            if not ending.converged:
                text = f"not converged: {ending.reason}; a larger tol may be enough"
                warnings.warn(text, ConvergenceWarning, stacklevel=3)
            return fit
        if is_auto(self.lr):
            # weight decay pulls as well
            lr = 1 / (1 / auto_lr(data[0], config.batch_size) + config.weight_decay)
            config = dataclasses.replace(config, lr=lr, average=0.5)
        return train(*data, config, start=start)

    def _keep(self, units, fit):
        """Keep a Fit in training units as the attributes; return self."""
        own = units.fold(fit)
        if not np.isfinite([*own.w, own.b]).all():
            raise ValueError("X or y is so large that the coefficients overflow")
        self._units, self._start = units, fit
        self.coef_, self.intercept_, self.losses_ = own.w, own.b, own.losses
        self.n_iter_ = len(own.losses)
        return self

    def predict(self, X):
        """Return predictions, float64 (n,), for X (n, n_features_in_)."""
        check_is_fitted(self)
        return checked(self, X, reset=False, dtype=np.float64) @ self.coef_ + (
            self.intercept_
        )


def checked(estimator, *data, **options):
    """Return the data as scikit-learn checks it, noting features at fit."""
    try:
        from sklearn.utils.validation import validate_data  # since 1.6
    except ImportError:
        return estimator._validate_data(*data, **options)
    return validate_data(estimator, *data, **options)


def is_auto(value):
    """Return whether it is left to theory."""
    return isinstance(value, str) and value == "auto"
