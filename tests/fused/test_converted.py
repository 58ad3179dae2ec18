"""Features in standard units that are made as they are looked at: the same numbers."""

import numpy as np
import pytest

from linreg_gluon import Config, fused
from linreg_gluon.data import Converted
from linreg_gluon.kept import Units

# (d, batch, n): of tree, chain and wide; the last batch short, or one batch of all
SHAPES = [(2, 10, 2003), (20, 100, 2003), (40, 20, 503), (100, 1000, 7030), (3, 50, 20)]
MORE = [{}, {"average": 0.5}, {"weight_decay": 0.1}]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("told", MORE, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_view_trains_as_the_copy(shape, told, dtype):
    d, batch_size, n = shape
    rng = np.random.default_rng(0)
    X = (rng.standard_normal((n, d)) * 3 + 5).astype(dtype)
    y, config = X.sum(axis=1), Config(0.03, 3, batch_size, **told)
    units = Units.standard(X, y)
    one = fused.train(*units.convert(X, y, "float32"), config)
    two = fused.train(*units.view(X, y, "float32"), config)
    assert np.array_equal(one.w, two.w) and one.b == two.b
    assert two.losses == pytest.approx(one.losses, rel=1e-5)  # sums in another order


def test_rows_are_taken_in_parts():
    array = np.arange(400_000.0).reshape(-1, 2)
    rows = np.random.default_rng(0).integers(0, len(array) + 1, (3, 50_000))
    found = Converted(array, lambda part: part.astype("f"), "f").take(rows)
    assert np.array_equal(found, array.take(rows, axis=0, mode="clip").astype("f"))


@pytest.mark.parametrize("told", [{}, {"num_epochs": 2}], ids=str)
def test_estimator_of_large_data_is_the_same(monkeypatch, told):
    pytest.importorskip("sklearn", reason="NOT TESTED: needs scikit-learn")
    from linreg_gluon import sklearn as room

    X = np.random.default_rng(0).standard_normal((500, 3)) * [1, 1e-3, 1e5] + 7
    y = X @ [2, 3000, -4e-5] + np.random.default_rng(1).standard_normal(500)
    one = room.GluonRegressor(random_state=0, **told).fit(X, y).partial_fit(X, y)
    monkeypatch.setattr(room, "AT_ONCE", 0)
    monkeypatch.setattr(Units, "convert", None)  # no copy is made
    two = room.GluonRegressor(random_state=0, **told).fit(X, y).partial_fit(X, y)
    assert one.coef_.tolist() == two.coef_.tolist()
    assert one.intercept_ == two.intercept_
