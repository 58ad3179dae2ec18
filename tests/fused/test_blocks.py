"""What fused's forms are given: each example once, in order, and rates that fit."""

import numpy as np
import pytest

from linreg_gluon import Config
from linreg_gluon.data import epoch_order
from linreg_gluon.fused import ahead, blocks, chain, losses, tree, wide
from linreg_gluon.fused.rates import kept_rates

FLOAT32 = np.dtype("float32")


def test_budget_cuts_blocks(monkeypatch):
    whole = blocks.plan("tree", (210, 2), Config(0.03, 3, 7), FLOAT32, 3)
    assert (whole.steps, whole.epochs) == (32, 3)
    monkeypatch.setattr(blocks, "BUDGET", 5000)
    part = blocks.plan("tree", (210, 2), Config(0.03, 3, 7), FLOAT32, 3)
    assert (part.steps, part.epochs) == (16, 1)


def test_bit_reversal_pairs_neighbours():
    assert blocks.bit_reversed(8).tolist() == [0, 4, 2, 6, 1, 5, 3, 7]


@pytest.mark.parametrize("form, last", [("tree", 2), ("chain", 4), ("wide", 4)])
def test_blocks_hold_every_step_once(form, last):
    block = blocks.Block(form, 1, 4, 3, 4, FLOAT32)
    # 14 batches of 3: 4 blocks of 4 steps, tree's last of the 2 that are left
    rows = list(blocks.block_rows(40, 5, 2, blocks.cut(40, block)))
    assert [each.shape for each in rows] == [(4, 3)] * 3 + [(last, 3)]
    in_order = np.concatenate(rows).ravel()
    assert np.array_equal(in_order[:40], epoch_order(40, 5, 2))
    assert (in_order[40:] == 40).all()


def test_epochs_of_a_block_stand_side_by_side():
    block = blocks.Block("tree", 2, 4, 10, 4, FLOAT32)
    (rows,) = blocks.block_rows(40, 5, 3, blocks.cut(40, block))
    rows = rows.take(blocks.step_order(block), axis=0)
    for side in (0, 1):
        steps = rows[side::2][np.argsort(blocks.bit_reversed(4))]
        assert np.array_equal(steps.ravel(), epoch_order(40, 5, 3 + side))


@pytest.mark.parametrize("form", ["tree", "chain"])
def test_steps_weigh_as_in_a_mean(form):
    # 6 batches of 3 and one of 2 in blocks of 4 steps: one is none.
    block = blocks.Block(form, 1, 4, 3, 4, FLOAT32)
    rates = [told[0] for told in kept_rates(20, block, (0.5,), 0.0)]
    in_order = np.argsort(blocks.bit_reversed(4)) if form == "tree" else range(4)
    wanted = [0.5 / 3] * 6 + [0.5 / 2, 0]
    assert np.array_equal(np.array(rates)[:, in_order].ravel(), np.float32(wanted))


def test_examples_of_wide_weigh_as_in_a_mean():
    block = blocks.Block("wide", 1, 4, 3, 2**13 + 2, FLOAT32)  # a part holds one
    assert block.parts == (3, 1)
    first, last = (told[0] for told in kept_rates(17, block, (0.5,), 0.0))
    assert first.shape == last.shape == (4, 3, 1)
    each = np.concatenate([first, last]).ravel()
    assert np.array_equal(each, np.float32([0.5 / 3] * 15 + [0.5 / 2] * 2 + [0] * 7))


PARTS = [(10, 3), (997, 100), (1000, 100), (5, 10**4), (1, 1)]


@pytest.mark.parametrize("rows, d", PARTS)
def test_parts_hold_a_batch(rows, d):
    k, p = blocks.Block("wide", 1, 1, rows, d + 2, FLOAT32).parts
    assert rows <= k * p < rows + k  # less than one of each part is none
    assert p == 1 or p * d < 9216  # from there on OpenBLAS takes several threads


@pytest.mark.parametrize("room", [tree, chain, wide])
def test_memory_of_blocks_that_are_done_is_used_again(room, monkeypatch):
    made = []

    class Counted(ahead.Spare):
        def __init__(self, make):
            super().__init__(lambda: made.append(1) or make())

    monkeypatch.setattr(room, "Spare", Counted)
    block = blocks.Block(room.__name__.split(".")[-1], 1, 2, 2, 5, FLOAT32)
    data = np.ones((40, 3), "f"), np.ones(40, "f")
    rows = blocks.block_rows(40, 0, 0, blocks.cut(40, block))
    jobs = zip(rows, kept_rates(40, block, (0.1,), 0.0))
    assert len(list(room.walk(*data, np.ones(5, "f"), jobs, block))) == 10
    assert len(made) <= ahead.AHEAD + 1  # that many, and the one that is walked


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("n", [12, 14])
def test_rows_become_examples(n, order):
    features = np.random.default_rng(n).standard_normal((n, 2), dtype=FLOAT32)
    labels, rows = features[:, 0] + 1, np.arange(16).reshape(4, 4)
    G = np.full((4, 4, 4), 7, FLOAT32, order)
    blocks.fill(G, features, labels, np.minimum(rows, n))
    for place, row in np.ndenumerate(rows[: -(-n // 4)]):  # a batch that is none may
        x = [*features[row], 1, -labels[row]] if row < n else [0] * 4  # have any row
        assert G[place].tolist() == x


SIZES = [(1, 1), (4097, 2), (5000, 30), (300, 100), (8192, 1)]
SIZES += [(40_000, 60), (50_001, 100)]  # several parts; and for two threads


@pytest.mark.parametrize("n, d", SIZES)
def test_loss_in_parts_is_the_loss(n, d):
    rng = np.random.default_rng(d)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    t = np.append(rng.standard_normal(d + 1), 1)
    ts = [t, 2 * t]
    expected = [np.mean((X @ t[:-2] + t[-2] - y) ** 2) / 2 for t in ts]
    # float64: sums of n terms in another order, some ulp of 1e-16 each
    assert losses.half_squares(X, y, ts) == pytest.approx(expected, rel=1e-13)
