"""GluonRegressor: the lecture's model as a scikit-learn estimator, a thin wrapper.

Coefficients come from train, everything else from scikit-learn. Passes
sklearn.utils.estimator_checks without expected failures.
"""

import importlib

import numpy as np

try:
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    install = 'pip install scikit-learn "numpy<2"'
    message = f"GluonRegressor needs scikit-learn ({error}): type  {install}"
    raise ImportError(message) from None

from .config import Config
from .kept import Units

PATHS = {"scratch": "scratch", "gluon": "concise", "fused": "fused"}


class GluonRegressor(RegressorMixin, BaseEstimator):
    """Linear regression by mini-batch SGD in MXNet.

    path: "scratch", "gluon" or "fused", how to train. lr, num_epochs, batch_size: as in
    Config; lr is in units of standardised columns. standardize: train in units of mean
    0 and sd 1. random_state: None, an int or a RandomState, from which the initial
    weights and the order of the batches follow.

    After fit: coef_ float64 (n_features_in_,), intercept_, n_features_in_, n_iter_ (the
    epochs) and losses_ (one per epoch, mean half squared error in y's units).
    fit raises DivergedError rather than keep numbers that are not finite.
    """

    def __init__(
        self,
        path="gluon",
        *,
        lr=0.03,
        num_epochs=100,
        batch_size=10,
        standardize=True,
        random_state=None,
    ):
        self.path = path
        self.lr = lr
        self.num_epochs = num_epochs
        self.batch_size = batch_size
        self.standardize = standardize
        self.random_state = random_state

    def fit(self, X, y):
        """Fit to X (n, d), y (n,); return self. ValueError for what cannot be fit."""
        if self.path not in PATHS:
            raise ValueError(f"path must be one of {[*PATHS]}, got {self.path!r}")
        train = importlib.import_module("." + PATHS[self.path], __package__).train
        X, y = checked(self, X, y, y_numeric=True, dtype=np.float64)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        config = Config(self.lr, self.num_epochs, self.batch_size, seed)
        units = Units.standard(X, y) if self.standardize else Units.own(X.shape[1])
        own = units.fold(train(*units.convert(X, y, np.float32), config))
        if not np.isfinite([*own.w, own.b]).all():
            raise ValueError("X or y is so large that the coefficients overflow")
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
