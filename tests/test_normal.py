"""The generator against MXNet's own, the lecture's data against its first rows."""

import platform

import numpy as np
import pytest

from linreg_gluon.compat import mx
from linreg_gluon.lecture import lecture_data
from linreg_gluon.normal import NormalGenerator

linux = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="MXNet draws with libstdc++ on Linux x86_64 only: NOT COMPARED here",
)
SHAPES = [
    [(63,)],  # one chunk
    [(1000, 2), (1000,), (2, 1)],  # the lecture's draws, one after another
    [(300, 300), (5,), (300, 300)],  # more numbers than 1024 chunks of 64
    [(65,), (64,), (1,)],
    [(1024 * 64 + 1,), (129,)],  # the last chunks are left empty
]


@linux
@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("seed", [0, 1, 2018, 2**31 - 1])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_mxnets_draws(seed, shapes, dtype):
    mx.random.seed(seed)
    generator = NormalGenerator(seed)
    for shape in shapes:
        theirs = mx.nd.random.normal(0, 0.01, shape, dtype=dtype).asnumpy()
        ours = generator.normal(0.01, shape, dtype)
        assert ours.dtype == dtype and ours.shape == theirs.shape
        assert (ours == theirs).all()  # both take the C library's logarithm


@linux
def test_linux_data_is_mxnets():
    mx.random.seed(0)
    features, labels = lecture_data("mxnet-linux")
    X = mx.nd.random.normal(scale=1, shape=(1000, 2))
    y = 2 * X[:, 0] - 3.4 * X[:, 1] + 4.2
    y += mx.nd.random.normal(scale=0.01, shape=y.shape)
    assert (features == X.asnumpy()).all()
    # Sums of four numbers of size up to 16, each rounded.
    assert labels == pytest.approx(y.asnumpy(), abs=4e-6)


@pytest.mark.parametrize(
    "which, first, label",
    [
        ("lecture", [1.1630787, 0.4838046], 4.879625),
        ("mxnet-linux", [2.2122064, 0.7740038], 6.000587),
    ],
)
def test_first_row_is_known(which, first, label):
    features, labels = lecture_data(which)
    # The last printed digit of numbers of this size.
    assert features[0] == pytest.approx(first, abs=2e-7)
    assert labels[0] == pytest.approx(label, abs=5e-7)


def test_libraries_share_pairs():
    # Both see the same (u, v): u m and v m of one pair differ, but not in their m.
    libraries = "libc++", "libstdc++"
    one, two = (NormalGenerator(3, name).normal(1, (50,)) for name in libraries)
    assert not np.isclose(one, two).any()


def test_scale_multiplies():
    unit, small = (NormalGenerator(7).normal(scale, (100,)) for scale in (1, 0.01))
    assert small == pytest.approx(0.01 * unit, rel=1e-6)


@pytest.mark.parametrize("library", ["libstdc++", "libc++"])
def test_moments_are_normal(library):
    # One chunk's stream; chunks of neighbouring seeds overlap, so not many small draws.
    draws = NormalGenerator(11, library).normal(1, (60000,))
    assert abs(draws.mean()) < 5 / np.sqrt(60000)
    assert abs(draws.var() - 1) < 5 * np.sqrt(2 / 60000)
    assert abs((draws**4).mean() - 3) < 5 * np.sqrt(96 / 60000)


def test_unknown_names_refused():
    with pytest.raises(ValueError, match="libstdc\\+\\+ or libc\\+\\+, got 'msvc'"):
        NormalGenerator(0, "msvc")
    with pytest.raises(ValueError, match="'lecture', 'mxnet-linux'.*got 'c'"):
        lecture_data("c")
