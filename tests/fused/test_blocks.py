"""What fused's graphs are given: each example once, in order, and rates that fit."""

import weakref

import numpy as np
import pytest

from linreg_gluon import Config
from linreg_gluon.data import epoch_order
from linreg_gluon.fused import blocks, training, workspace
from linreg_gluon.fused.rates import step_rates

FLOAT32 = np.dtype("float32")


def test_budget_cuts_blocks(monkeypatch):
    whole = blocks.plan("tree", (210, 2), Config(0.03, 3, 7), FLOAT32, 3)
    assert (whole.steps, whole.epochs) == (32, 3)
    monkeypatch.setattr(blocks, "BUDGET", 5000)
    part = blocks.plan("tree", (210, 2), Config(0.03, 3, 7), FLOAT32, 3)
    assert (part.steps, part.epochs) == (16, 1)


def test_bit_reversal_pairs_neighbours():
    assert blocks.bit_reversed(8).tolist() == [0, 4, 2, 6, 1, 5, 3, 7]


def test_blocks_hold_every_step_once():
    block = blocks.Block("tree", 1, 4, 3, 4, FLOAT32)
    # 14 batches of 3: 4 blocks of 4 steps
    rows = np.array(list(blocks.block_rows(40, 5, 2, block)))
    assert rows.shape == (4, 4, 3)
    in_order = rows[:, np.argsort(blocks.bit_reversed(4))].ravel()
    assert np.array_equal(in_order[:40], epoch_order(40, 5, 2))
    assert (in_order[40:] == 40).all()


def test_epochs_of_a_block_stand_side_by_side():
    block = blocks.Block("tree", 2, 4, 10, 4, FLOAT32)
    (rows,) = blocks.block_rows(40, 5, 3, block)
    for side in (0, 1):
        steps = rows[side::2][np.argsort(blocks.bit_reversed(4))]
        assert np.array_equal(steps.ravel(), epoch_order(40, 5, 3 + side))


@pytest.mark.parametrize("steps, taken", [(1, 0), (3, 0), (4, 1), (15, 3)])
def test_graph_of_wide_takes_last_batches(steps, taken):
    block = blocks.Block("wide", 1, steps, 2, 5, FLOAT32)
    buffer, rows = workspace.Buffer(block), np.arange(2 * steps).reshape(steps, 2)
    table = np.arange(6 * steps, dtype=FLOAT32).reshape(-1, 3)
    buffer.gather(table, -table[:, 0], rows)
    gathered = steps - taken
    assert np.array_equal(buffer.parts[0], table[rows[:gathered]])
    *X, y = buffer.inputs[: gathered + 1]
    assert np.array_equal([each.asnumpy()[0] for each in X], table[rows[:gathered]])
    assert np.array_equal(y.asnumpy()[:, 0], -table[rows, :1])
    left = [each.asnumpy()[:, 0] for each in buffer.inputs[gathered + 1 :]]
    assert np.array_equal(left, [rows[gathered:]] if taken else [])


@pytest.mark.parametrize("form", ["tree", "chain", "wide"])
def test_examples_weigh_as_in_a_mean(form):
    # 5 batches of 3 and one of 2 in blocks of 4 steps: 2 steps are none.
    block = blocks.Block(form, 1, 4, 3, 4, FLOAT32)
    rates = step_rates(17, block, [0.5])
    if form == "wide":
        each = rates.reshape(-1)
        wanted = [0.5 / 3] * 15 + [0.5 / 2] * 2 + [0] * 7
    else:
        if form == "chain":
            assert not rates[:, :, -1].any()  # the mask
            each = rates[:, :, 0, 0].ravel()
        else:
            each = rates[:, np.argsort(blocks.bit_reversed(4))].ravel()
        wanted = [0.5 / 3] * 5 + [0.5 / 2, 0, 0]
    assert np.array_equal(each, np.float32(wanted))


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


@pytest.mark.parametrize("n, d", [(1, 1), (4097, 2), (5000, 30), (300, 100), (8192, 1)])
def test_loss_in_parts_is_the_loss(n, d):
    rng = np.random.default_rng(d)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    t = np.append(rng.standard_normal(d + 1), 1)
    loss = np.mean((X @ t[:-2] + t[-2] - y) ** 2) / 2
    # float64: sums of n terms in another order, some ulp of 1e-16 each
    assert training.half_squares(X, y, t) == pytest.approx(loss, rel=1e-13)


def test_lent_array_is_neither_copied_nor_owned():
    array = np.arange(6, dtype=FLOAT32).reshape(2, 3)
    here, alive = workspace.lent(array), weakref.ref(array)
    array[1, 2] = 7
    assert here.shape == (2, 3) and here[1, 2].asscalar() == 7
    del array
    assert alive() is None


@pytest.mark.parametrize("rows, kept", [(10, True), (500, False)])
def test_only_small_workspaces_are_kept(rows, kept, monkeypatch):
    monkeypatch.setattr(workspace, "BUDGET", 10_000)  # bytes: half of 500 rows of 10
    block = blocks.Block("wide", 1, 1, rows, 12, FLOAT32)
    with workspace.workspace(block, 1) as space:
        pass
    assert (space in workspace.idle(block, 1)) == kept
