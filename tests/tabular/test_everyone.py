"""A run whose rows are apart says what one process says that has them all."""

import functools
import re

import numpy as np
import pytest
from together import together

from linreg_gluon import Config, Fit, parallel, tabular
from linreg_gluon.config import InputError
from linreg_gluon.kept import Keeping, load
from linreg_gluon.tabular import Preparation, own_rows, sharing
from linreg_gluon.theory import ALONE

SIZE = 3
N = 1200
RNG = np.random.default_rng(3)
X = RNG.normal(size=(N, 2))
PRICE = np.exp(X @ [0.5, -0.3] + 4 + 0.8 * RNG.standard_normal(N))


@pytest.fixture
def file(tmp_path):
    rows = ["%r,%r,%r\n" % row for row in zip(*X.T, PRICE)]
    rows[70] = rows[70].replace(rows[70].split(",")[0], "NA", 1)
    (tmp_path / "a.csv").write_text("a,b,price\n" + "".join(rows))
    return str(tmp_path / "a.csv")


@pytest.fixture(params=["shared", "each reads all"])
def apart(request, monkeypatch):
    """Let small files be shared, or not; whether they are."""
    if request.param == "shared":
        monkeypatch.setattr(sharing, "LEAST", 1)
    return request.param == "shared"


def study_of(file, everyone, **options):
    """Return the Experiment of one process of many."""
    everyone.settle = functools.partial(parallel.Worker.settle, everyone)
    everyone.owned = functools.partial(parallel.Worker.owned, everyone)
    prepared = Preparation(**options)

    def keep(n):
        return np.logical_or(*own_rows(n, prepared, everyone)[:2])

    data = tabular.read_csv(file, "price", keep=keep, everyone=everyone)
    return tabular.Experiment(data, prepared, everyone=everyone)


def trained_to(fit):
    """Return a train that ends with a Fit, whatever the rows."""
    return lambda X, y, config, **options: fit


FIT = Fit(np.array([0.3, -0.2], "f"), 0.1, (0.5, 0.4))
KINDS = [{"holdout": 0.3}, {"log_target": True}, {"holdout": 0.2, "log_target": True}]


@pytest.mark.parametrize("told", KINDS, ids=str)
def test_report_is_the_one_of_all_rows(file, apart, told):
    config = Config(num_epochs=2, batch_size=50)
    alone = tabular.Experiment(tabular.read_csv(file, "price"), **told)
    whole = alone.train(trained_to(FIT), config)

    def call(everyone):
        study = study_of(file, everyone, **told)
        own = len(study.held[1]) if study.held else 0
        return study.train(trained_to(FIT), config), own

    for rank, (result, own) in enumerate(together(SIZE, call)):
        assert result.study.rows == alone.rows
        assert (own > 0) == (bool(told.get("holdout")) and (apart or not rank))
        # 1200 float32 numbers in another order: the sums are of float64
        assert numbers(result.scores) == pytest.approx(numbers(whole.scores), rel=1e-9)
        missing = set(str(whole).splitlines()) - set(str(result).splitlines())
        assert all("from the rest" in line for line in missing)  # of single rows
        assert result.model().smearing == pytest.approx(whole.model().smearing)


def numbers(scores):
    """Return all numbers of Scores, by their place."""
    parts = {"metrics": scores.metrics, **(scores.scale or {})}
    flat = {}
    for name, part in parts.items():
        for key, value in part.items() if isinstance(part, dict) else [("", part)]:
            pairs = value.items() if isinstance(value, dict) else [("", value)]
            flat.update({(name, key, k): v for k, v in pairs})
    return flat


def test_rows_held_out_stay_with_their_readers(file, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST", 1)
    alone = tabular.Experiment(tabular.read_csv(file, "price"), holdout=0.3)
    parts = together(SIZE, lambda everyone: study_of(file, everyone, holdout=0.3))
    for name in "training", "held":
        own = [getattr(study, name) for study in parts]
        whole = getattr(alone, name)
        assert all(len(labels) for _, labels in own)
        for found, wanted in zip(map(np.concatenate, zip(*own)), whole):
            assert np.array_equal(found, wanted)


@pytest.mark.parametrize("n, size", [(10, 2), (31, 3), (400, 4)])
@pytest.mark.parametrize("holdout", [0, 0.2, 0.5])
def test_given_rows_are_parted_as_all_are(n, size, holdout):
    prepared = Preparation(holdout)
    cuts = [0, *sorted(RNG.choice(np.arange(1, n), size - 1, replace=False)), n]

    class Place:
        def __init__(self, rank):
            self.rank, self.size = rank, size

    train, held, count = own_rows(n, prepared, ALONE)
    for rank, (first, stop) in enumerate(zip(cuts, cuts[1:])):
        own = own_rows(n, prepared, Place(rank), first, stop - first)
        inside = np.zeros(n, bool)
        inside[first:stop] = True
        assert np.array_equal(own[0], train & inside)
        assert np.array_equal(own[1], held & inside) and own[2] == count


def test_who_saves_needs_nobody_else(file, monkeypatch, tmp_path):
    """After each epoch, at the end, and where nothing is left to train."""
    monkeypatch.setattr(sharing, "LEAST", 1)
    config, told = Config(num_epochs=2), {"holdout": 0.2, "log_target": True}
    whole = tabular.Experiment(tabular.read_csv(file, "price"), **told)
    whole = whole.train(trained_to(FIT), config).model()
    first, copy = str(tmp_path / "m"), str(tmp_path / "n")

    def call(everyone, *keeping):
        study, alone = study_of(file, everyone, **told), everyone.rank
        keeping = Keeping(None if alone else keeping[0], *keeping[1:])
        study.train(trained_to(FIT), config, keeping=keeping)

    together(SIZE, lambda everyone: call(everyone, first, 1))
    kept = load(first)
    together(SIZE, lambda everyone: call(everyone, copy, None, None, first, kept))
    for model in kept, load(copy):
        assert model.smearing == pytest.approx(whole.smearing, rel=1e-9)
        for part, found in whole.metrics.items():
            assert model.metrics[part] == pytest.approx(found, rel=1e-9)
        assert model.data == whole.data and len(model.fit.losses) == 2


@pytest.mark.parametrize("at", [[7, 300], [500, 501], [1100, 20]], ids=str)
def test_target_without_logarithm_is_named_by_all(file, apart, at):
    with open(file) as text:
        lines = text.read().splitlines()
    for row in at:
        lines[row] = "1,2,-3.5"
    with open(file, "w") as text:
        text.write("\n".join(lines) + "\n")
    told = {"log_target": True, "holdout": 0.5}
    with pytest.raises(InputError) as alone:
        tabular.Experiment(tabular.read_csv(file, "price"), **told)

    def call(everyone):
        with pytest.raises(InputError) as caught:
            study_of(file, everyone, **told)
        return str(caught.value)

    assert together(SIZE, call) == [str(alone.value)] * SIZE
    assert re.search("line %d, .*2 rows have none" % (min(at) + 1), str(alone.value))


def test_worker_without_rows_to_train_on_is_said(file, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST", 1)

    def call(everyone):  # the 3 rows that are trained on are behind the first 420
        with pytest.raises(InputError, match="leaves a worker no row to train on"):
            study_of(file, everyone, holdout=1 - 3 / N, seed=4)
        return True

    assert all(together(SIZE, call))


def test_arrays_are_parted_alike_by_all():
    """Each has all rows of them; training owns a part of those not held out."""
    def call(everyone):
        data = tabular.Table.of(X, PRICE)
        return tabular.Experiment(data, holdout=0.2, everyone=everyone)

    alone = call(ALONE)
    for study in together(SIZE, call):
        assert study.rows == alone.rows == {"training": 960, "held out": 240}
        assert np.array_equal(study.training[1], alone.training[1])
