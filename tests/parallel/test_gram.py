"""One exchange a block: the oracle's steps, whoever adds up which part of a sum."""

import json
import sys

import numpy as np
import pytest
from conftest import ROOT
from reference import sgd_oracle
from test_launcher import no_job_outlives_its_test
from test_worker import result
from together import together

from linreg_gluon import Config, batch_order, fused, parallel, synthetic_data
from linreg_gluon.config import Watch
from linreg_gluon.parallel import costs, gram
from linreg_gluon.parallel.worker import Single

__all__ = ["no_job_outlives_its_test"]  # a fixture here, too
FUSED = ["python", "scripts/train_fused.py", "--quiet"]
SHAPES = [  # n, d, batch_size
    (1000, 2, 10),  # the lecture
    (1000, 2, 7),  # and a short last batch
    (40, 3, 1),  # a share of most batches is empty
    (50, 2, 1000),  # one batch of them all
    (300, 100, 32),
    (5, 1, 2),
]


class Marks:
    def tell(self):
        pass


def walked(data, config, size, *, t=None):
    """Return (t, losses) of each of so many workers, each with its rows alone."""
    features, labels = data
    n, s = len(labels), features.shape[1] + 2

    def call(everyone):
        rows = parallel.Worker.owned(everyone, n)
        place = rows.start, size
        share = gram.Epochs(features[rows], labels[rows], config, n, place)
        everyone.marks, everyone.traffic, losses = Marks(), (0, 0), []
        everyone.counted = lambda work, *told: work(*told)
        everyone.begin = lambda array, slot: lambda total=everyone.sum(array): total
        start = np.append(np.zeros(s - 1), 1).astype(features.dtype) if t is None else t
        watch = Watch(features[rows], labels[rows], config, everyone=everyone)
        done = gram.walk(share, start.copy(), everyone, losses=losses, watch=watch)
        return done, losses

    return together(size, call)


def oracle(data, config):
    features, labels = data
    orders = [
        list(batch_order(len(labels), config.batch_size, config.seed, epoch))
        for epoch in range(config.num_epochs)
    ]
    start = np.zeros(features.shape[1]), 0.0
    lrs = [config.lr_at(epoch) for epoch in range(config.num_epochs)]
    told = {"weight_decay": config.weight_decay, "averaged": config.num_averaged}
    return sgd_oracle(features, labels, *start, lrs, orders, **told)


def problem(n, d, seed=0):
    return synthetic_data(np.linspace(-2, 1, d), 4.2, n, 0.01, seed)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("n, d, batch_size", SHAPES)
def test_workers_walk_the_oracles_steps(n, d, batch_size, size):
    config, data = Config(0.05, 3, batch_size), problem(n, d)
    w, b, expected = oracle(data, config)
    for t, losses in walked(data, config, size):
        # float32 sums of a batch, some hundred steps: the bound of the fused tests
        assert np.abs(t[:-1] - np.append(w, b)).max() < 1e-6 * max(1, np.abs(w).max())
        assert losses == pytest.approx(expected, rel=1e-4, abs=1e-7)


BEYOND = {  # the lecture: each alone, and all
    "decayed weights": dict(weight_decay=0.3),
    "decaying rate": dict(lr_decay=0.6),
    "averaged half": dict(average=0.5),
    "all of it": dict(weight_decay=0.1, lr_decay=0.9, average=1.0),
}


@pytest.mark.parametrize("told", BEYOND.values(), ids=[*BEYOND])
@pytest.mark.parametrize("size", [1, 3])
def test_workers_walk_beyond_the_lecture(told, size):
    config, data = Config(0.05, 4, 7, **told), problem(200, 3)
    data = tuple(array.astype(np.float64) for array in data)
    w, b, expected = oracle(data, config)
    for t, losses in walked(data, config, size):
        # 116 steps of sums of 7 in another order: some ulp
        assert np.abs(t[:-1] - np.append(w, b)).max() < 1e-13
        assert losses == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_any_seed_agrees(seed):
    config, data = Config(0.03, 2, 10, seed), problem(200, 2, seed)
    w, b, _ = oracle(data, config)
    for t, _ in walked(data, config, 2):
        assert np.abs(t[:-1] - np.append(w, b)).max() < 1e-6


@pytest.mark.parametrize("budget", [1, 3000, 10**9])
def test_any_cut_into_blocks_agrees(monkeypatch, budget):
    data, config = problem(101, 3), Config(0.1, 2, 10)
    (whole, losses), _ = walked(data, config, 2)
    monkeypatch.setattr(gram, "BUDGET", budget)
    (t, others), _ = walked(data, config, 2)
    assert np.abs(t - whole).max() < 1e-6 and others == pytest.approx(losses, rel=1e-5)


@pytest.mark.parametrize("n", [101, 500, 501, 1490])
def test_blocks_are_alike(monkeypatch, n):
    monkeypatch.setattr(gram, "BUDGET", 50 * 4 * 12 * 12)  # 50 steps
    share = gram.Epochs(*problem(n, 10), Config(0.1, 2, 10), n, (0, 1))
    assert share.num_blocks == -(-n // 500)
    added = share.steps * share.num_blocks - share.num_steps  # that do nothing
    assert 0 <= added < share.num_blocks


def test_next_block_is_sent_before_the_last_is_waited_for(monkeypatch):
    data, told = problem(101, 3), []
    monkeypatch.setattr(gram, "BUDGET", 5 * 4 * 5 * 10)  # 5 steps, of 11

    class Worker:
        marks = Marks()

        def counted(self, work, *told):
            return work(*told)

        def begin(self, array, slot):
            number = sum(what == "sent" for what, *_ in told)
            told.append(("sent", number, slot))
            return lambda: told.append(("waited for", number, slot))

    share = gram.Epochs(*data, Config(0.1, 2, 10), 101, (0, 1))
    places = [place for *place, _ in gram.arriving(share, Worker(), range(2))]
    assert places == [[e, n] for e in range(2) for n in range(3)]
    sent = [("sent", n, n % 2) for n in range(6)]
    waited = [("waited for", n, n % 2) for n in range(6)]
    pairs = zip(sent[1:], waited)  # never more than two under way
    assert told == [sent[0], *(each for pair in pairs for each in pair), waited[5]]


@pytest.mark.parametrize("size", [1, 3])
def test_losses_of_many_rows_are_gone_through(monkeypatch, size):
    data, config = problem(500, 3), Config(0.1, 3, 10)
    losses = [found for _, found in walked(data, config, size)]
    monkeypatch.setattr(gram, "FEW", 0)
    monkeypatch.setattr(gram, "triangle", None)
    for _, others in walked(data, config, size):
        # residuals of about 0.01 from float32 products of about 4, an ulp of 2e-7 each
        assert others == pytest.approx(losses[0], rel=1e-4)


def test_one_worker_is_fused():
    data, config = problem(1000, 2), Config()
    ((t, losses),) = walked(data, config, 1)
    fit = fused.train(*data, config, start=(np.zeros(2), 0.0))
    assert np.abs(t[:-1] - np.append(fit.w, fit.b)).max() < 5e-7  # 2 ulp of 4.2
    assert losses == pytest.approx(fit.losses, rel=1e-4)


def test_float64_is_the_oracle():
    data = tuple(array.astype(np.float64) for array in problem(200, 3))
    config = Config(0.05, 2, 7)
    w, b, losses = oracle(data, config)
    for t, found in walked(data, config, 3):
        # 58 steps of sums of 7 in another order: some ulp
        assert np.abs(t[:-1] - np.append(w, b)).max() < 1e-13
        assert found == pytest.approx(losses, rel=1e-10)


def test_loss_of_an_exact_fit_is_not_lost():
    X = np.random.default_rng(0).standard_normal((50, 2))
    t = np.array([2.0, -3.4, 4.2, 1.0])
    ((_, losses),) = walked((X, X @ t[:2] + t[2]), Config(0.1, 1, 50), 1, t=t)
    assert 0 <= losses[0] < 1e-28  # ulp of 10, squared


def test_costs_choose_the_cheaper():
    class Data:
        num_examples, size, num_steps, num_blocks, place = 10**6, 12, 10**4, 1, (0, 2)

    fast = costs.Costs(flop=1e-10, message=1e-3, byte=1e-9)
    assert fast.choose(Data) == "gram"
    free = fast._replace(message=0.0)
    assert free.choose(Data) == "step"  # gram's many numbers bring nothing then
    assert fast._replace(byte=1e-4).choose(Data) == "step"


def test_unknown_form_is_refused():
    with pytest.raises(ValueError, match="form must be one of"):
        parallel.train(np.ones((2, 1)), np.ones(2), kvstore=None, form="tree")


DATA = "--csv tests/nist/Norris.csv --target y --holdout 0.2 --epochs 3".split()


DECAY = [*DATA, "--weight-decay", "0.3"]


@pytest.mark.parametrize("flags", [[], DATA, ["--dtype", "float64"], DECAY],
                         ids=["lecture", "csv", "float64", "decay"])  # fmt: skip
def test_job_is_one_machines_result(run, tmp_path, flags):
    w, losses = result(run, tmp_path / "a.json", *flags, script=FUSED)
    w2, losses2 = result(run, tmp_path / "b.json", *flags, script=FUSED, workers=2)
    assert np.allclose(w2, w, rtol=1e-6, atol=1e-6)
    assert losses2 == pytest.approx(losses, rel=1e-4)  # fused's are sums in float32


@pytest.mark.slow
def test_resume_may_change_workers_and_form(run, tmp_path):
    flags = ["--num-examples", 101, "--batch-size", 7]
    w, losses = result(run, tmp_path / "a.json", *flags, "--epochs", 6, script=FUSED)
    keep, more = ["--save-prefix", tmp_path / "m"], ["--resume", tmp_path / "m"]
    job = {"script": FUSED, "workers": 3}
    result(run, tmp_path / "b.json", *flags, *keep, "--epochs", 2, **job)
    forms = [("step", 2, 4), ("gram", 1, 6)]
    for form, workers, epochs in forms:
        told = [*flags, *more, "--form", form, "--epochs", epochs]
        job = {"script": FUSED, "workers": workers}
        w2, losses2 = result(run, tmp_path / "b.json", *told, **job)
    assert np.allclose(w2, w, rtol=1e-6, atol=1e-6)
    assert losses2 == pytest.approx(losses, rel=1e-4)


def test_verbose_tells_the_traffic(run):
    command = ["python", "scripts/launch.py", "-n", 2, "--", sys.executable]
    command += [str(ROOT / "scripts" / "train_fused.py"), "--kvstore", "dist_sync"]
    done = run(*command, "--verbose")
    # There and back: for each of 3 epochs sums of 10 numbers of 100 steps; once 32
    # numbers for the loss and 2 counts for its bar, as 4 pieces for each of 2 workers;
    # 4096 bytes, of half the labels, and twice 1024 of sums, 2 in a piece, for each.
    size = 2 * 4 * (3 * 100 * 10 + 2 * (32 + 2) * 4 + 4096 + 2 * 1024) / 1e6
    shown = "exchanged by gram: 16 messages, %.3g MB of one worker in 3 epochs" % size
    assert shown in done.stdout
    each = "in each epoch: 2 messages, %.3g MB" % (2 * 4 * 100 * 10 / 1e6)
    assert each in done.stdout
    assert "s a flop" in done.stdout and done.returncode == 0


def test_traffic_of_reading_is_not_training(monkeypatch, lecture):
    monkeypatch.setattr(Single, "traffic", (5, 700))  # before the first step
    worker = Single()
    parallel.train(*lecture, kvstore=worker, form="gram")
    assert worker.spent == (0, 0)


def test_traffic_is_of_the_epochs_that_were(run, tmp_path):
    # Of a CSV the epochs are found: what is told must count them.
    file = tmp_path / "a.json"
    command = ["python", "scripts/launch.py", "-n", 2, "--", sys.executable]
    command += [str(ROOT / "scripts" / "train_fused.py"), "--kvstore", "dist_sync"]
    flags = ["--csv", "tests/nist/Norris.csv", "--target", "y", "--json", file]
    done = run(*command, "--verbose", *flags)
    epochs = len(json.loads(file.read_text())["losses"])
    assert epochs > 3 and "MB of one worker in %d epochs" % epochs in done.stdout
