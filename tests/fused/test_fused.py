"""Each form walks the oracle's steps, in any cut; what only a fused path can get wrong.

The contract that all paths share is in test_paths.py.
"""

import concurrent.futures
import threading
import time
import weakref

import numpy as np
import pytest
from reference import sgd_oracle

from linreg_gluon import Config, DivergedError, batch_order, synthetic_data
from linreg_gluon.fused import ahead, blocks, tree
from linreg_gluon.fused import training as fused
from linreg_gluon.theory import largest_stable_lr

FLOAT32 = np.dtype("float32")
SHAPES = [  # n, d, batch_size
    (1000, 2, 10),  # the lecture: 100 steps, so 28 of the tree's 128 are none
    (1000, 2, 7),  # and a short last batch
    (40, 3, 1),
    (50, 2, 1000),  # one batch of them all
    (64, 1, 16),  # a power of two
    (300, 100, 32),
    (1, 1, 1),
]


@pytest.fixture(params=list(fused.FORMS))
def form(request):
    return request.param


def oracle(data, config, start):
    n = len(data[0])
    orders = [
        list(batch_order(n, config.batch_size, config.seed, epoch))
        for epoch in range(config.num_epochs)
    ]
    return sgd_oracle(*data, *start, config.lr, orders)


def deviation(form, data, config):
    """Return the largest deviation from the oracle, relative to the largest value."""
    start = np.zeros(data[0].shape[1]), 0.0
    w, b, _ = oracle(data, config, start)
    fit = fused.train_with(form, *data, config, start=start)
    off = np.abs(np.append(fit.w - w, fit.b - b)).max()
    return off / np.abs(np.append(w, b)).max()


def problem(n, d, seed=0):
    return synthetic_data(np.linspace(-2, 1, d), 4.2, n, 0.01, seed)


@pytest.mark.parametrize("n, d, batch_size", SHAPES)
def test_form_agrees_with_oracle(form, n, d, batch_size):
    # Some ten roundings of float32, 6e-8 each: what the project promises.
    data = problem(n, d)
    assert deviation(form, data, Config(0.03, 3, batch_size, 5)) < 1e-6


@pytest.mark.parametrize("n, d, batch_size", SHAPES)
def test_losses_agree_with_oracle(form, n, d, batch_size):
    data, config = problem(n, d), Config(0.03, 3, batch_size, 5)
    start = np.zeros(d), 0.0
    _, _, losses = oracle(data, config, start)
    fit = fused.train_with(form, *data, config, start=start)
    # Quadratic in residuals of 0.01, which rounding of labels of 10 moves by 1e-6.
    assert fit.losses == pytest.approx(losses, rel=2e-4, abs=1e-7)


@pytest.mark.parametrize("n, d, batch_size", [*SHAPES, (90, 5, 10), (90, 10, 10)])
def test_epochs_may_be_walked_singly(form, n, d, batch_size):
    # Bit for bit: how many stand side by side must not change the order of a sum.
    data, fit = problem(n, d), None
    whole = fused.train_with(form, *data, Config(0.03, 5, batch_size))
    for _ in range(5):
        fit = fused.train_with(form, *data, Config(0.03, 1, batch_size), start=fit)
    assert fit.w.tolist() == whole.w.tolist() and fit.losses == whole.losses


@pytest.mark.parametrize("seed", range(20))
def test_every_seed_is_accurate(form, seed):
    data = problem(1000, 2, seed)
    assert deviation(form, data, Config(seed=seed)) < 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_tree_bears_bad_condition(seed):
    features, _ = problem(1000, 2, seed)
    features = features * np.float32([1, 1e-3])  # Z'Z then has condition 1e6
    labels = (features @ np.float32([2, -3.4]) + 4.2).astype(np.float32)
    assert deviation("tree", (features, labels), Config(seed=seed)) < 5e-6


@pytest.mark.parametrize("seed", range(20))
def test_tree_bears_edge_of_stability(seed):
    data = problem(1000, 2, seed)
    lr = 0.9 * largest_stable_lr(data[0], 10)
    assert deviation("tree", data, Config(lr, seed=seed)) < 5e-6


def test_deviation_form_keeps_digits():
    # 4000 tiny steps: rounding each 1 - D to float32 adds up to sqrt(4000) 3e-8 = 2e-6,
    # deviations only to the last rounding of parameters near 1.
    data, config = problem(4000, 1), Config(lr=1e-6, num_epochs=1, batch_size=1)
    w, b, _ = oracle(data, config, (np.ones(1), 1.0))
    fit = fused.train_with("tree", *data, config, start=(np.ones(1), 1.0))
    assert np.append(fit.w, fit.b) == pytest.approx(np.append(w, b), abs=2e-7)


@pytest.mark.parametrize("n, d, batch_size", SHAPES)
def test_either_product_of_matrices_agrees(n, d, batch_size, monkeypatch):
    data, found = problem(n, d), []
    config = Config(0.03, 4, batch_size, 5, average=0.5, weight_decay=0.1)
    for small in (0, 200):
        monkeypatch.setattr(tree, "SMALL", small)
        monkeypatch.setattr(tree, "FEW", 1)
        found.append(fused.train_with("tree", *data, config))
    one, two = (np.append(fit.w, fit.b) for fit in found)
    # Sums in another order: some roundings of float32, 6e-8 each
    assert np.abs(one - two).max() < 1e-6 * np.abs(one).max()


def test_products_are_chosen_alike_in_any_number_of_epochs(monkeypatch):
    def otherwise(b, a, product=tree.term_by_term):
        return product(b, a) * FLOAT32.type(1.01)  # to be told from einsum's

    monkeypatch.setattr(tree, "LONG", 8)  # of an epoch's 16, 8, 4, 2, 1 pairs
    monkeypatch.setattr(tree, "term_by_term", otherwise)
    data, fit = problem(320, 3), None
    whole = fused.train(*data, Config(num_epochs=4))
    for _ in range(4):
        fit = fused.train(*data, Config(num_epochs=1), start=fit)
    assert np.array_equal(fit.w, whole.w) and fit.b == whole.b
    assert fit.losses == whole.losses


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_jobs_done_ahead_come_in_turn(count):
    done = []

    def work(number):
        done.append(number)
        return number**2

    found = []
    for each in ahead.ahead(work, ((i,) for i in range(count))):
        found.append(each)
        assert max(done) < len(found) + ahead.AHEAD  # bounds the memory
    assert found == [i**2 for i in range(count)]


@pytest.mark.parametrize("cores", [1, 2])
def test_nothing_of_a_job_stays_that_is_done(monkeypatch, cores):
    monkeypatch.setattr(ahead, "cores", lambda: cores)
    made = []

    def jobs():
        for _ in range(3 * ahead.AHEAD):
            rows = np.zeros(1)
            made.append(weakref.ref(rows))
            yield (rows,)

    found = ahead.ahead(len, jobs())
    for _ in range(2 * ahead.AHEAD):
        next(found)
    end = time.monotonic() + 60  # the other thread may not have looked at all it had
    while any(rows() is not None for rows in made[: ahead.AHEAD]):
        assert time.monotonic() < end, "a job that is done is still held"
        time.sleep(0.001)
    found.close()


def test_who_waits_for_a_job_does_another_one(monkeypatch):
    monkeypatch.setattr(ahead, "cores", lambda: 2)
    helped = threading.Event()

    def work(number):
        if number == 0:
            assert helped.wait(60), "both threads wait for the first job"
        helped.set()
        return number

    jobs = ((i,) for i in range(9))
    assert list(ahead.ahead(work, jobs)) == list(range(9))


def test_failure_ahead_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(ahead.ahead(lambda i: 1 / i, ((i,) for i in (3, 2, 1, 0))))


@pytest.mark.parametrize("budget", [1, 5000, 40000])
def test_any_budget_agrees(form, budget, monkeypatch):
    # One step a call; an epoch in several calls; two epochs in one and the third alone.
    monkeypatch.setattr(blocks, "BUDGET", budget)
    assert deviation(form, problem(210, 2), Config(0.03, 3, 7, 1)) < 1e-6


@pytest.mark.parametrize("left", [1, 2, 3, 5])
def test_last_block_of_any_size_agrees(left, monkeypatch):
    # Two blocks of 16 steps, and one of as few as hold those that are left.
    monkeypatch.setattr(blocks, "BUDGET", 5000)
    data = problem(7 * (32 + left) - 2, 2)
    assert deviation("tree", data, Config(0.03, 3, 7, 1)) < 1e-6
    config = Config(0.03, 2, 7, 1, weight_decay=0.1, average=0.5)
    found = [fused.train_with(form, *data, config) for form in ("tree", "chain")]
    one, two = (np.append(fit.w, fit.b) for fit in found)
    # Some roundings of float32, 6e-8 each
    assert np.abs(one - two).max() < 1e-6 * np.abs(one).max()


def test_each_epoch_has_its_parameters(form):
    data, seen = problem(100, 2), []
    fused.train_with(form, *data, Config(), on_epoch=lambda *args: seen.append(args))
    for epoch, loss in seen:
        shorter = fused.train_with(form, *data, Config(num_epochs=epoch))
        assert shorter.losses[-1] == loss


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_row_spoils_all(form, bad):
    # check_data refuses such data; a form that hid them would hide divergence too.
    features, labels = problem(50, 2)
    features[3, 0] = bad
    block = blocks.plan(form, features.shape, Config(), features.dtype, 3)
    t = np.float32([0, 0, 0, 1])
    ends = fused.walk(features, labels, t, Config(), range(3), block)
    assert not any(np.isfinite(loss) for _, loss, _ in ends)


@pytest.mark.parametrize("where", ["features", "labels"])
def test_bad_value_is_named(form, where):
    features, labels = problem(50, 2)
    {"features": features[:, 1], "labels": labels}[where][7] = np.nan
    with pytest.raises(ValueError, match=where + " must be finite, got nan at .7"):
        fused.train_with(form, features, labels, Config())


def test_two_threads_do_not_meet(form):
    # With memory that they share they would mix their data.
    jobs = [(problem(200, 2), Config(seed=seed)) for seed in range(8)]
    alone = [fused.train_with(form, *data, config) for data, config in jobs]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(fused.train_with, form, *d, c) for d, c in jobs]
    assert [call.result().losses for call in calls] == [fit.losses for fit in alone]


def test_divergence_names_first_epoch(form):
    seen = []
    with pytest.raises(DivergedError) as caught:
        fused.train_with(
            form, *problem(1000, 2), Config(3.0), on_epoch=lambda *a: seen.append(a)
        )
    assert caught.value.epoch == 1 and seen == []


def test_runs_of_form_are_bit_identical(form):
    data = problem(1000, 2)
    one, two = (fused.train_with(form, *data, Config(batch_size=7)) for _ in range(2))
    assert one.w.tolist() == two.w.tolist() and one.losses == two.losses


def test_float64_has_its_digits(form):
    data = [array.astype(np.float64) for array in problem(100, 3)]
    assert deviation(form, data, Config(batch_size=7)) < 1e-13


def test_training_inside_on_epoch():
    data = problem(100, 2)
    alone = fused.train(*data, Config())
    inner = []

    def on_epoch(*_):
        inner.append(fused.train(*data, Config(seed=1)).b)

    outer = fused.train(*data, Config(), on_epoch=on_epoch)
    assert outer.b == alone.b and inner == [inner[0]] * 3


def test_choice_of_form():
    assert fused.choose(2, 10) == fused.choose(10, 1000) == "tree"
    assert fused.choose(100, 10) == fused.choose(50, 100) == "chain"
    assert fused.choose(100, 100) == fused.choose(10, 3000) == "wide"


@pytest.mark.parametrize("name", ["Tree", "", 1])
def test_unknown_form_is_named(name):
    with pytest.raises(ValueError, match="form must be one of .*'chain'.* got"):
        fused.train_with(name, *problem(10, 2), Config())


def test_second_run_does_not_seed(monkeypatch):
    data, config = problem(50, 2), Config(seed=123)
    first = fused.train(*data, config)
    monkeypatch.setattr(fused, "NormalGenerator", None)  # to call it again would raise
    second = fused.train(*data, config)
    assert np.array_equal(second.w, first.w) and second.losses == first.losses


def test_kept_weights_stay_untouched():
    data = problem(50, 2)
    before = fused.initial_fit(2, 123, FLOAT32).w.copy()
    fused.train(*data, Config(seed=123))
    assert np.array_equal(fused.initial_fit(2, 123, FLOAT32).w, before)


@pytest.mark.parametrize("few", [0, 10**6], ids=["in blocks of their own", "with all"])
def test_averaged_epochs_may_be_walked_apart(monkeypatch, lecture, few):
    config = Config(average=0.5, num_epochs=4)
    steps = [list(batch_order(1000, 10, 0, epoch)) for epoch in range(4)]
    start, data = ([0, 0], 0), [array.astype(np.float64) for array in lecture]
    w, b, losses = sgd_oracle(*data, *start, config.lr, steps, averaged=2)
    monkeypatch.setattr(fused, "FEW_PLACES", few)
    fit = fused.train(*data, config, start=start)
    # float64 steps in another order: some ulp
    assert np.abs(np.append(fit.w - w, fit.b - b)).max() < 1e-12
    assert fit.losses == pytest.approx(losses, rel=1e-9)
