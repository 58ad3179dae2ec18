"""What NumPy makes of NDArrays: its own values, or MXNet's methods, or a refusal."""

import operator

import numpy as np
import pytest

from linreg_gluon.compat import mx

ONES, TWOS = (mx.nd.full((2, 3), value) for value in (1, 2))


def test_numpy_sees_ndarrays():
    assert np.array_equal(ONES, ONES) and not np.array_equal(ONES, TWOS)
    assert np.allclose(TWOS, 2) and np.all(ONES)
    assert np.concatenate([ONES, TWOS]).shape == (4, 3)
    assert np.sqrt(4 * ONES).tolist() == TWOS.asnumpy().tolist()
    assert np.array([ONES, TWOS]).shape == (2, 2, 3)
    assert np.asarray(ONES, dtype="int64").dtype == np.int64
    assert np.asarray(mx.np.ones((2, 2))).sum() == 4


def test_operators_stay_mxnets():
    # NDArray's priority decides, as before it had __array__.
    for result in (np.float32(2) * ONES, ONES * np.float32(2)):
        assert isinstance(result, mx.nd.NDArray)
        assert np.array_equal(result, TWOS)


def test_numpy_mean_of_ndarrays():
    assert np.mean(TWOS).asscalar() == np.sum(TWOS).asscalar() / 6 == 2
    assert TWOS.mean(axis=1).shape == (2,)


def same(ours, numpys):
    return np.array_equal(ours, numpys) and np.asarray(ours).dtype == numpys.dtype


def test_numpys_functions_that_call_a_method():
    x = mx.nd.array([[3, 1, 2], [4, 6, 5]])
    values, rows = x.asnumpy(), mx.nd.array([1, 0], dtype="int32")
    for axes in None, (1, 0):
        assert same(np.transpose(x, axes), np.transpose(values, axes))
    for axis in None, 0, -1:
        assert same(np.argsort(x, axis), np.argsort(values, axis))
        assert same(np.take(x, [1, 0], axis), np.take(values, [1, 0], axis))
        assert same(np.take(x, rows, axis), np.take(values, [1, 0], axis))
    with pytest.raises(IndexError):
        np.take(x, [2], axis=0)


def test_methods_stay_mxnets():
    x = mx.nd.array([[3, 1, 2], [4, 6, 5]])
    assert x.transpose().shape == x.transpose((1, 0)).shape == x.T.shape == (3, 2)
    assert x.transpose(axes=(1, 0)).shape == (3, 2)
    assert x.argsort(axis=0, is_ascend=False).asnumpy().tolist()[0] == [1, 1, 1]
    rows, out = mx.nd.array([9]), mx.nd.zeros((1, 3))
    assert x.take(rows).asnumpy().tolist() == [[4, 6, 5]]  # clips, as ever
    assert x.take(rows, axis=0, out=out) is out and out[0, 0] == 4
    with pytest.raises(TypeError, match="must be an NDArray"):
        x.take([1])


def test_arrays_of_both_kinds_do_not_mix():
    # MXNet's refusal, in its own time too: should the result be float32 or float64?
    values = np.ones((2, 3))
    for mixed in operator.add, operator.mul, operator.gt:
        for pair in (values, ONES), (ONES, values):
            with pytest.raises(TypeError, match="numpy.ndarray.* not supported"):
                mixed(*pair)
    assert np.array_equal(np.add(values, ONES), TWOS)
