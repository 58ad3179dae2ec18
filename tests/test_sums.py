"""Sums over rows have the same bits, whoever holds which of them."""

import numpy as np
import pytest
from together import together

from linreg_gluon import theory
from linreg_gluon.kept import Units
from linreg_gluon.tabular.noticing import skewness
from linreg_gluon.theory import sums

CUTS = [(1500,), (0, 7, 1024), (1023, 1025, 4096), (40_000, 40_001), (1, 2, 3)]


def parts(array, cuts):
    """Return the rows before, between and after cuts."""
    return np.split(array, np.minimum(cuts, len(array)))


def same(found, wanted):
    return all(np.array_equal(a, b) for a, b in zip(found, wanted))


@pytest.mark.parametrize("d", [0, 1, 2, sums.NARROW, sums.NARROW + 1, 600])
@pytest.mark.parametrize("n", [1, 5, 1024, 2049, 70_000])
def test_moments_are_those_of_one_process(n, d):
    n = min(n, 5_000_000 // max(d, 1))
    rng, dtype = np.random.default_rng([n, d]), "float32" if d % 2 else "float64"
    array = rng.normal(3, 2, size=(n, d + 1)).astype(dtype)
    array = array[:, :d] if d else array[:, 0]  # a table's are such views, too
    whole, wide = theory.moments(array), array.astype(np.longdouble)
    # float64 against sums in extended precision: terms of 10 are rounded some times
    assert np.allclose(whole[0], wide.mean(axis=0).astype("f8"), rtol=0, atol=1e-13)
    assert np.allclose(whole[1], wide.std(axis=0).astype("f8"), rtol=0, atol=1e-12)
    for cuts in CUTS:
        own = parts(array, cuts)
        for found in together(len(own), lambda e: theory.moments(own[e.rank], e)):
            assert same(found, whole) and found[0].shape == array.shape[1:]


@pytest.mark.parametrize("cuts", CUTS, ids=str)
def test_what_stands_on_them_too(cuts):
    rng = np.random.default_rng(8)
    X, y = rng.normal(size=(50_000, 3)) * [1, 1e6, 1e-3], np.exp(rng.normal(size=50_000))
    own, units = [parts(array, cuts) for array in (X, y)], Units.standard(X, y)

    def call(everyone):
        features, labels = (each[everyone.rank] for each in own)
        return Units.standard(features, labels, everyone), skewness(labels, everyone)

    for theirs, skewed in together(len(own[0]), call):
        assert np.array_equal(theirs.mean, units.mean)
        assert np.array_equal(theirs.scale, units.scale)
        assert theirs.label_mean == units.label_mean
        assert theirs.label_scale == units.label_scale
        assert skewed == skewness(y)
