"""The lecture's defaults, and what a Config refuses."""

import dataclasses
import pickle

import numpy as np
import pytest

from linreg_gluon import Config, DivergedError
from linreg_gluon.config import Watch


def test_defaults_are_lectures():
    assert dataclasses.astuple(Config()) == (0.03, 3, 10, 0, 0, 1, 0)


def test_config_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().lr = 1


@pytest.mark.parametrize(
    "field, value, complaint",
    [
        ("lr", 0, "lr must be finite and greater than 0, got 0"),
        ("lr", -0.1, "lr must be finite and greater than 0, got -0.1"),
        ("lr", float("nan"), "lr must be finite and greater than 0, got nan"),
        ("lr", float("inf"), "lr must be finite and greater than 0, got inf"),
        ("lr", None, "lr must be a number, got None"),
        ("lr", "0.1", "lr must be a number, got '0.1'"),
        ("lr", True, "lr must be a number, got True"),
        ("num_epochs", 0, "num_epochs must be at least 1, got 0"),
        ("num_epochs", 1.5, "num_epochs must be a whole number, got 1.5"),
        ("batch_size", 0, "batch_size must be at least 1, got 0"),
        ("batch_size", -1, "batch_size must be at least 1, got -1"),
        ("batch_size", 2.5, "batch_size must be a whole number, got 2.5"),
        ("batch_size", True, "batch_size must be a whole number, got True"),
        ("seed", -1, "seed must be at least 0, got -1"),
        ("weight_decay", -1, "weight_decay must be finite and at least 0, got -1"),
        ("lr_decay", 0, "lr_decay must be finite and above 0 and at most 1, got 0"),
        ("lr_decay", 1.1, "lr_decay must be finite and above 0 and at most 1, got 1.1"),
        ("average", 1.5, "average must be finite and from 0 to 1, got 1.5"),
        ("average", "half", "average must be a number, got 'half'"),
        ("seed", 2**31, "seed must be at most 2147483647, got 2147483648"),
    ],
)
def test_bad_value_is_named(field, value, complaint):
    with pytest.raises(ValueError) as caught:
        Config(**{field: value})
    assert str(caught.value) == complaint


def test_end_epoch_counts_from_one(lecture):
    losses, seen = [0.5], []
    watch = Watch(*lecture, Config(), lambda *args: seen.append(args))
    watch.end_epoch(losses, 0.25)
    assert losses == [0.5, 0.25] and seen == [(2, 0.25)]


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_nonfinite_loss_diverges(loss, lecture):
    with pytest.raises(DivergedError, match="epoch 2 at lr 0.03") as caught:
        Watch(*lecture, Config()).end_epoch([0.5], loss)
    assert caught.value.epoch == 2 and 1.3 < caught.value.stable_lr < 1.5
    assert "the loss is not finite" in str(caught.value)


def test_loss_above_the_means_diverges_above_the_stable_rate_alone(lecture):
    mean_loss = lecture[1].astype(float).var() / 2
    above, below = 1.001 * mean_loss, 0.999 * mean_loss
    for lr, loss, diverges in [(1.5, above, True), (1.5, below, False),
                               (1.3, above, False), (1e-4, above, False)]:  # fmt: skip
        watch = Watch(*lecture, Config(lr=lr))
        if diverges:
            with pytest.raises(DivergedError, match="that of predicting the mean"):
                watch.end_epoch([], loss)
        else:
            watch.end_epoch([], loss)


def test_low_bar_is_below_the_bar():
    for seed in range(20):
        y = np.random.default_rng(seed).standard_normal(5000) ** 3
        watch = Watch(np.ones((5000, 1)), y + 100 * seed, Config())
        assert 0 < watch.low_bar < watch.bar


def test_diverged_error_can_be_pickled():
    error = DivergedError(3, 1.5, 1.4, "is large")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
