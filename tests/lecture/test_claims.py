"""Each claim's check agrees with its record, and each can come out otherwise."""

import dataclasses
import re

import numpy as np
import pytest

from linreg_gluon import Config, concise, scratch, theory
from linreg_gluon.compat import mx
from linreg_gluon.normal import NormalGenerator
from linreg_gluon.lecture import lab as labs
from linreg_gluon.lecture import record as lecture
from linreg_gluon.lecture.claims import play, training

CHINESE = re.compile("[\u4e00-\u9fff]")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]\d+)?")
CHECKS = {claim.check.__name__: claim for claim in lecture.CLAIMS}


@pytest.fixture(scope="module")
def lab():
    return labs.Lab(10)


@pytest.fixture
def broken(lab, monkeypatch):
    """A Lab of its own that shares the studies already made; tests may spoil it."""
    copy = labs.Lab(10)
    copy.studies = dict(lab.studies)
    return copy


@pytest.mark.parametrize("name", CHECKS)
def test_claim_is_as_recorded(name, lab):
    measured, verdict = CHECKS[name].check(lab)
    assert verdict == CHECKS[name].verdict and len(measured["en"]) > 20
    # Another order of the words may be another order of the figures.
    english, chinese = (sorted(NUMBER.findall(measured[each])) for each in ("en", "zh"))
    assert english == chinese and CHINESE.search(measured["zh"])
    assert not CHINESE.search(measured["en"])


def spoil_data(lab, patch):
    features, labels = lab.data
    lab.data = features, labels + np.float32(1e-4)


def spoil_correlation(lab, patch):
    lab.data = lab.data[0], lab.data[1][::-1]


def spoil_batches(lab, patch):
    patch.setattr(scratch, "epoch_order", lambda n, seed, epoch: np.arange(n))


NORMAL = NormalGenerator.normal


def spoil_initial_weights(lab, patch):
    wide = lambda self, scale, *args: NORMAL(self, 1, *args)  # noqa: E731
    patch.setattr(NormalGenerator, "normal", wide)


def spoil_reshape(lab, patch):
    patch.setattr(scratch, "squared_loss", lambda y_hat, y: (y_hat - y) ** 2 / 2)


def spoil_division(lab, patch):
    once = scratch.squared_loss
    patch.setattr(scratch, "squared_loss", lambda *args: once(*args) / 10)


def spoil_printed(part, key, value):
    def spoil(lab, patch):
        records = {**labs.RECORDED, part: {**labs.RECORDED[part], key: value}}
        patch.setattr(training, "RECORDED", records)

    return spoil


def spoil_study(change):
    def spoil(lab, patch):
        study = lab.study("gluon", 0.03)
        lab.studies["gluon", 0.03] = copy = labs.Study([])
        copy.losses, copy.thetas = change(study.losses), study.thetas
        lab.studies["scratch", 0.03] = labs.Study([])
        other = lab.studies["scratch", 0.03]
        other.losses, other.thetas = study.losses, study.thetas * 1.01

    return spoil


def spoil_training(**fixed):
    def spoil(lab, patch):
        train = scratch.train

        def other(features, labels, config, **options):
            config = dataclasses.replace(config, **fixed)
            return train(features, labels, config, **options)

        patch.setattr(scratch, "train", other)

    return spoil


def spoil_network(change):
    def spoil(lab, patch):
        make = concise.linear_net

        def other(*args, **kwargs):
            net = make(*args, **kwargs)
            change(net)
            return net

        patch.setattr(concise, "linear_net", other)

    return spoil


def stable_gluon(lab, patch):
    patch.setattr(play, "part_diverges", lambda lab, part: part == "scratch")


def test_time_is_measured(broken, monkeypatch):
    fit = broken.train("gluon")
    monkeypatch.setattr(concise, "train", lambda *args, **kwargs: fit)
    measured, verdict = play.faster(broken)
    assert "Gluon takes 0.00 of scratch's time" in measured["en"]
    assert verdict == labs.TIMED


SPOILERS = [
    ("data_is_the_notebooks", spoil_data),
    ("correlation", spoil_correlation),
    ("batches", spoil_batches),
    ("initial_weights", spoil_initial_weights),
    ("reshape", spoil_reshape),
    ("division", spoil_division),
    ("printed_losses", spoil_printed("gluon", "error_b", 0.005)),
    (
        "printed_losses",
        spoil_printed("scratch", "epoch_loss_printed", ["0.000051"] * 3),
    ),
    (
        "reruns",
        spoil_printed("gluon", "epoch_loss_printed", ["0.0402", "0", "0.00005"]),
    ),
    ("falling_losses", spoil_study(lambda losses: losses * [1, 1, 1.1])),
    ("closeness", spoil_study(lambda losses: losses)),
    ("small_lr", spoil_training(lr=0.1)),
    ("large_lr", spoil_training(lr=0.1)),
    ("stale_weights", spoil_training(lr=0.5)),
    ("deferred_size", spoil_network(lambda net: net(mx.nd.ones((1, 2))))),
    ("default_bias", spoil_network(lambda net: net[0].bias.set_data(mx.nd.ones(1)))),
    ("same_numbers", spoil_training(lr=0.031)),
    ("more_stable", stable_gluon),
    ("similar_results", spoil_study(lambda losses: losses * 1.05)),
]


@pytest.mark.parametrize("name, spoil", SPOILERS, ids=[name for name, _ in SPOILERS])
def test_claim_can_come_out_otherwise(name, spoil, broken, monkeypatch):
    spoil(broken, monkeypatch)
    assert CHECKS[name].check(broken)[1] != CHECKS[name].verdict


def test_every_check_is_spoiled():
    assert {name for name, _ in SPOILERS} == set(CHECKS) - {"faster"}


def test_compare_numbers_and_reports(lab, monkeypatch):
    monkeypatch.setattr(lecture, "CLAIMS", lecture.CLAIMS[1:3])
    seen = []
    results = lecture.compare(lab, seen.append)
    assert [result.number for result in results] == [1, 2] and tuple(seen) == results
    line = lecture.headline(results)
    assert line.startswith("2 claims: 2 hold, 0 hold with a remark, 0 do not, 0 are t")
    assert line.endswith("all as recorded.")


def test_headline_names_changed_claim(lab):
    claim = CHECKS["batches"]
    results = [
        lecture.Result(1, claim, "measured", claim.verdict),
        lecture.Result(2, claim, "measured", lecture.FAILS),
    ]
    assert lecture.headline(results).endswith("NOT AS RECORDED: claim 2")


def test_lab_starts_where_notebooks_did(lab):
    fit = lab.train(lr=1e-30, num_epochs=1, batch_size=1000)
    assert fit.w == pytest.approx(lab.start[0]) and 0 < np.abs(fit.w).max() < 0.05
    assert theory.noise_floor(0.01) == pytest.approx(lab.best.loss, rel=0.1)
    assert lab.study("scratch", 0.1).losses.shape == (10, Config().num_epochs)
