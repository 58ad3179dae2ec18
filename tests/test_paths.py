"""One contract for every path: recover the parameters, walk the same steps, refuse the
same things."""

import functools
import inspect
import random

import numpy as np
import pytest
from conftest import PATHS
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import sgd_oracle

from linreg_gluon import Config, DivergedError, batch_order, concise, fused, scratch, synthetic_data
from linreg_gluon import data as data_room
from linreg_gluon.theory import least_squares, recovery_tolerance

SHAPES = [  # n, d, batch_size
    (1000, 2, 10),  # the lecture
    (1000, 2, 7),  # a short last batch
    (100, 2, 1),
    (100, 2, 100),  # full-batch gradient descent
    (100, 2, 1000),  # one batch of them all
    (200, 1, 10),
    (200, 20, 10),
    (1, 1, 1),
]


def theta(fit):
    return np.append(fit.w, fit.b)


def oracle(features, labels, config, start):
    n = len(features)
    epochs = [
        list(batch_order(n, config.batch_size, config.seed, epoch))
        for epoch in range(config.num_epochs)
    ]
    lrs = [config.lr * config.lr_decay**epoch for epoch in range(config.num_epochs)]
    more = dict(weight_decay=config.weight_decay, averaged=config.num_averaged)
    w, b, losses = sgd_oracle(features, labels, *start, lrs, epochs, **more)
    return np.append(w, b), losses


def problem(n, d, seed=0):
    true_w = np.random.default_rng(d).normal(0, 2, d)
    return synthetic_data(true_w, 4.2, n, 0.01, seed)


@pytest.mark.parametrize("seed", range(20))
def test_recovers_true_parameters(path, seed):
    true_w, true_b, noise_sd, n = [2, -3.4], 4.2, 0.01, 1000
    config = Config(seed=seed)
    fit = path.train(*synthetic_data(true_w, true_b, n, noise_sd, seed), config)
    tolerance = recovery_tolerance(config, noise_sd, true_w, true_b, n)
    assert tolerance < 0.005
    assert np.abs(theta(fit) - [*true_w, true_b]).max() < tolerance


@pytest.mark.parametrize("n, d, batch_size", SHAPES)
def test_agrees_with_oracle(path, n, d, batch_size):
    data, config = problem(n, d), Config(batch_size=batch_size, seed=3)
    start = np.linspace(-0.01, 0.01, d), 0.0
    expected, losses = oracle(*data, config, start)
    fit = path.train(*data, config, start=start)
    # float32 steps against float64 steps: 1e-5 of the largest parameter (design).
    scale = max(1, np.abs(expected).max())
    assert theta(fit) == pytest.approx(expected, abs=1e-5 * scale)
    # A loss is quadratic in that deviation and in residuals of float32 labels.
    assert fit.losses == pytest.approx(losses, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("n, d, batch_size", SHAPES)
def test_paths_agree(n, d, batch_size):
    data, config = problem(n, d), Config(batch_size=batch_size, seed=1)
    plain = theta(scratch.train(*data, config))
    for other in PATHS.values():
        fit = other.train(*data, config)
        # The same float32 steps, summed in another order: 2e-6 at most (design).
        assert theta(fit) == pytest.approx(plain, abs=2e-6)


BEYOND = {  # the lecture: each alone, and all
    "decayed weights": dict(weight_decay=0.3),
    "decaying rate": dict(lr_decay=0.6),
    "averaged half": dict(average=0.5, num_epochs=4),
    "all of it": dict(weight_decay=0.1, lr_decay=0.9, average=1.0),
}
FORMS = {form: functools.partial(fused.train_with, form) for form in fused.FORMS}


@pytest.mark.parametrize("told", BEYOND.values(), ids=[*BEYOND])
@pytest.mark.parametrize("n, d, batch_size", [(700, 3, 10), (100, 2, 7), (100, 20, 200)])
def test_beyond_the_lecture_agrees(n, d, batch_size, told):
    data, config = problem(n, d), Config(**{"batch_size": batch_size, **told})
    start = np.linspace(-0.01, 0.01, d), 0.0
    expected, losses = oracle(*data, config, start)
    plain = scratch.train(*data, config, start=start)
    # float32 steps, as in test_agrees_with_oracle
    scale = max(1, np.abs(expected).max())
    assert theta(plain) == pytest.approx(expected, abs=1e-5 * scale)
    assert plain.losses == pytest.approx(losses, rel=1e-4, abs=1e-7)
    for train in [concise.train, *FORMS.values()]:
        fit = train(*data, config, start=start)
        # The same float32 steps, summed in another order: 2e-6 at most (design).
        assert theta(fit) == pytest.approx(theta(plain), abs=2e-6 * scale)
        assert fit.losses == pytest.approx(losses, rel=1e-4, abs=1e-7)


def test_last_loss_is_of_the_result(path, lecture):
    fit = path.train(*lecture, Config(average=0.5, num_epochs=4))
    residuals = lecture[0] @ fit.w + fit.b - lecture[1]
    # float32 residuals of size 0.01 from labels of size 4: 1e-4 of them is rounding
    assert fit.losses[-1] == pytest.approx(np.mean(residuals**2) / 2, rel=1e-3)


def test_decayed_rate_goes_on(path, lecture):
    told = dict(batch_size=7, lr_decay=0.5, weight_decay=0.1)
    whole = path.train(*lecture, Config(num_epochs=5, **told))
    part = path.train(*lecture, Config(num_epochs=2, **told))
    rest = path.train(*lecture, Config(num_epochs=3, **told), start=part)
    assert np.array_equal(theta(rest), theta(whole)) and rest.losses == whole.losses


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(1, 40),
    d=st.integers(1, 6),
    batch_size=st.integers(1, 50),
    lr=st.floats(1e-3, 0.1),
    seed=st.integers(0, 2**31 - 1),
)
def test_any_shape_agrees(n, d, batch_size, lr, seed):
    data, config = problem(n, d, seed), Config(lr, 2, batch_size, seed)
    start = np.zeros(d), 0.0
    expected, _ = oracle(*data, config, start)
    for each in PATHS.values():
        fit = each.train(*data, config, start=start)
        assert theta(fit) == pytest.approx(
            expected, abs=1e-5 * max(1, abs(expected).max())
        )


def test_one_signature():
    wanted = inspect.signature(scratch.train)
    shown = "(features, labels, config=%s, *, start=None, on_epoch=None)" % Config()
    assert str(wanted) == shown
    for each in PATHS.values():
        found = inspect.signature(each.train)
        one_machine = [p for p in found.parameters.values() if p.name != "kvstore"]
        assert found.replace(parameters=one_machine) == wanted


def test_result_has_its_form(path, lecture):
    seen = []
    fit = path.train(*lecture, Config(), on_epoch=lambda *args: seen.append(args))
    assert fit.w.shape == (2,) and fit.w.dtype == np.float32
    assert type(fit.b) is float and [type(loss) for loss in fit.losses] == [float] * 3
    assert seen == list(enumerate(fit.losses, 1))
    assert fit.losses[0] > fit.losses[1] > fit.losses[2]


def test_runs_are_bit_identical(path, lecture):
    one, two = (path.train(*lecture, Config(batch_size=7)) for _ in range(2))
    assert np.array_equal(theta(one), theta(two)) and one.losses == two.losses


def test_resumed_run_is_bit_identical(path, lecture):
    whole = path.train(*lecture, Config(num_epochs=5, batch_size=7))
    part = path.train(*lecture, Config(num_epochs=2, batch_size=7))
    rest = path.train(*lecture, Config(num_epochs=3, batch_size=7), start=part)
    assert np.array_equal(theta(rest), theta(whole)) and rest.losses == whole.losses


def test_same_initial_weights(path, lecture):
    # A step of lr 1e-30 changes nothing: the Fit shows the initial weights.
    fit = path.train(*lecture, Config(lr=1e-30, num_epochs=1, batch_size=1000, seed=9))
    w, _ = scratch.init_params(2, 9)
    assert np.array_equal(fit.w, w.asnumpy().ravel()) and abs(fit.b) < 1e-28
    assert 0 < np.abs(fit.w).max() < 0.05


def test_seed_changes_run(path, lecture):
    one, two = (path.train(*lecture, Config(seed=seed)) for seed in (0, 1))
    assert not np.array_equal(one.w, two.w)


def test_generators_and_data_untouched(path, lecture):
    features, labels = (array.copy() for array in lecture)
    random.seed(1), np.random.seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist()
    path.train(features, labels, Config())
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    assert np.array_equal(features, lecture[0]) and features.flags.writeable
    assert np.array_equal(labels, lecture[1]) and labels.flags.writeable


def test_prints_nothing(path, lecture, capfd):
    path.train(*lecture, Config(num_epochs=1))
    assert capfd.readouterr() == ("", "")


def test_full_batch_finds_least_squares(path, lecture):
    fit = path.train(*lecture, Config(lr=0.9, num_epochs=60, batch_size=1000))
    best = least_squares(*lecture)
    # 0.2^60 of the start is left; float32 rounding of parameters of size 4 remains.
    assert theta(fit) == pytest.approx(np.append(best.w, best.b), abs=2e-6)
    assert fit.losses[-1] == pytest.approx(best.loss, rel=1e-4)


@pytest.mark.parametrize("lr", [3.0, 100.0])
def test_divergence_is_raised(path, lecture, lr):
    with pytest.raises(DivergedError, match="stable up to lr 1.") as caught:
        path.train(*lecture, Config(lr=lr))
    assert caught.value.epoch == 1 and caught.value.lr == lr


def test_bad_data_refused(path, lecture):
    features, labels = lecture
    refused = []
    for bad in ((features.tolist(), labels), (features, labels[:-1])):
        with pytest.raises(ValueError, match="features|labels"):
            path.train(*bad, Config(), on_epoch=lambda *args: refused.append(args))
    with pytest.raises(ValueError, match="start's w"):
        path.train(features, labels, Config(), start=([1, 2, 3], 0))
    assert refused == []


@pytest.mark.parametrize("name", list(PATHS))
def test_float64_data_trains_in_float64(name, lecture):
    data = [array.astype(np.float64) for array in lecture]
    expected, _ = oracle(*data, Config(), ([0, 0], 0))
    fit = PATHS[name].train(*data, Config(), start=([0, 0], 0))
    assert fit.w.dtype == np.float64
    # Gluon's optimiser holds lr in float32, 3e-8 off, which a step's noise scales down.
    assert theta(fit) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("batch_size", [7, 10])
@pytest.mark.parametrize("plain", [scratch, concise])
def test_epoch_taken_in_parts_is_the_same_epoch(plain, batch_size, lecture, monkeypatch):
    config = Config(batch_size=batch_size)
    whole = plain.train(*lecture, config)
    monkeypatch.setattr(data_room, "AT_ONCE", 2 * 350)  # three parts, the last is short
    fit = plain.train(*lecture, config)
    assert fit.w.tolist() == whole.w.tolist() and fit.losses == whole.losses
