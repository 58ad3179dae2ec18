"""What stays after training: graphs, small workspaces, nothing of the data's size."""

import tracemalloc
import weakref

import numpy as np
import pytest

from linreg_gluon import Config, fused
from linreg_gluon.fused import blocks, graphs, training, workspace

BUDGET = 20_000  # bytes


@pytest.fixture(params=list(fused.FORMS))
def form(request):
    return request.param


@pytest.fixture
def budget(monkeypatch):
    monkeypatch.setattr(blocks, "BUDGET", BUDGET)
    monkeypatch.setattr(workspace, "BUDGET", BUDGET)


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
    features, labels = data(50_000, 5)  # 1.2 MB, and rates of 0.2 MB in wide
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
    # An epoch's order, of int64, and the same in whole blocks; no table of the rows.
    assert 2 * 8 * len(labels) < peak < 2 * 8 * len(labels) + 30 * BUDGET


@pytest.mark.parametrize("batch_size", [10, 1000])
def test_other_numbers_of_rows_share_graphs(form, batch_size):
    config = Config(0.01, 2, batch_size)
    for n in (800, 790):  # full batches of 790 are one graph's, those of 799 another's
        fused.train_with(form, *data(n, 3), config)
    before = graphs.compiled.cache_info().misses, workspace.idle.cache_info().misses
    for n in (791, 795, 798, 799, 800):
        fused.train_with(form, *data(n, 3), config)
    after = graphs.compiled.cache_info().misses, workspace.idle.cache_info().misses
    assert after == before


@pytest.mark.parametrize("form", ["chain", "wide"])
def test_second_run_has_the_firsts_memory(form, monkeypatch):
    fused.train_with(form, *data(100, 3), Config(num_epochs=2))
    monkeypatch.setattr(workspace, "Workspace", None)  # to make one would raise
    fused.train_with(form, *data(100, 3), Config(num_epochs=2))


@pytest.mark.parametrize("n", [1, 7, 63, 64, 65, 799, 10**6 + 1])
def test_rounding_adds_little(n):
    assert n <= blocks.rounded(n) <= 1.04 * n
