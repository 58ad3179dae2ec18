"""What stays after training: nothing of the data's size."""

import tracemalloc
import weakref

import numpy as np
import pytest

from linreg_gluon import Config, fused
from linreg_gluon.fused import blocks, losses, training

BUDGET = 100_000  # bytes


@pytest.fixture(params=list(fused.FORMS))
def form(request):
    return request.param


@pytest.fixture
def budget(monkeypatch):
    monkeypatch.setattr(blocks, "BUDGET", BUDGET)
    monkeypatch.setattr(losses, "PART", BUDGET // 4)


def data(n, d):
    rng = np.random.default_rng(n)
    features = rng.standard_normal((n, d), dtype=np.float32)
    return features, features.sum(axis=1)


def test_no_reference_to_the_data_stays(form):
    features, labels = data(100, 3)
    alive = weakref.ref(features), weakref.ref(labels)
    fused.train_with(form, features, labels, Config(num_epochs=2))
    del features, labels
    assert all(each() is None for each in alive)


def test_no_memory_of_the_datas_size_stays(form, budget):
    features, labels = data(250_000, 5)  # 6 MB
    config = Config(0.001, 1, 100)
    fused.train_with(form, features[:200], labels[:200], config)
    tracemalloc.start()
    try:
        fused.train_with(form, features, labels, config)
        training.kept_rates.cache_clear()
        stays, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stays < 8 * BUDGET < features.nbytes / 4
    # An epoch's order, of int64; no table of the rows.
    assert 8 * len(labels) < peak < 8 * len(labels) + 30 * BUDGET
