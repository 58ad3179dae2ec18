"""The front door: what `import linreg_gluon as lg` offers, and what it refuses."""

import numpy as np
import pytest

import linreg_gluon as lg
from linreg_gluon.compat import mx

X = np.ones((4, 2), "float32")
Y = np.arange(4, dtype="float32")


def test_door_offers_rooms_and_nothing_private():
    names = {"scratch", "concise", "fused", "tabular", "mx", "lecture_data", "Config"}
    assert names <= set(dir(lg)) and not any(name.startswith("_") for name in dir(lg))
    assert all(getattr(lg, name) is not None for name in dir(lg))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        lg.nothing  # noqa: B018


def test_config_may_be_left_out(path):
    assert len(path.train(X, Y).losses) == lg.Config().num_epochs


class Frame:
    def to_numpy(self, dtype):
        return X


class Sparse:
    def toarray(self):
        return X


WRONG = [
    (mx.nd.array(X), "features.asnumpy()"),
    (X.tolist(), 'numpy.asarray(features, "float32")'),
    (Frame(), 'features.to_numpy("float32")'),
    (Sparse(), 'features.toarray().astype("float32")'),
]


@pytest.mark.parametrize("features, remedy", WRONG, ids=lambda value: str(value)[:20])
def test_other_arrays_are_refused_with_the_remedy(path, features, remedy):
    with pytest.raises(ValueError, match="features must be a NumPy array") as caught:
        path.train(features, Y)
    assert str(caught.value).endswith("type " + remedy)
    if not isinstance(features, (Frame, Sparse)):
        mended = eval(remedy, {"features": features, "numpy": np})
        assert np.array_equal(mended, X) and mended.dtype == np.float32


def test_bar_moves_with_the_epochs(path, capsys):
    with lg.progress_bar(3) as on_epoch:
        fit = path.train(X, Y, on_epoch=on_epoch)
    shown = capsys.readouterr().err
    assert "3/3" in shown and "loss %.6g" % fit.losses[-1] in shown


def test_fit_predicts():
    fit = lg.Fit(np.array([2.0, 3.0], "float32"), 1.0)
    assert fit.predict(X).tolist() == [6.0] * 4
    with pytest.raises(ValueError, match="must have shape .n, 2., got .4, 1."):
        fit.predict(X[:, :1])
