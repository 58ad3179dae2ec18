"""The pieces, before anything is trained: data, batches, weights, loss and step."""

import math
import warnings

import numpy as np

from ... import concise, scratch
from ...compat import mx
from ..dataset import LECTURE
from ..lab import RECORDED, TRUE, verdict
from .words import said


def data_is_the_notebooks(lab):
    """Step 1: the twenty printed rows (X (10, 2), y (10,) each) are in the data."""
    features, labels = lab.data
    residual = labels - features.astype(np.float64) @ TRUE[:-1] - TRUE[-1]
    rows = np.column_stack([features, labels])
    printed = [
        (*X, y)
        for part in ("scratch", "gluon")
        for X, y in zip(
            RECORDED[part]["first_batch_X"], RECORDED[part]["first_batch_y"]
        )
    ]
    apart = max(np.abs(rows - row).max(axis=1).min() for row in printed)
    sd = residual.std()
    # Eight printed digits of numbers up to 14 leave 5e-7; an sd has 1/sqrt(2n).
    ok = apart < 5e-7 and abs(sd / LECTURE["noise"] - 1) < 5 / math.sqrt(2000)
    figures = {"X": features.shape, "y": labels.shape, "sd": sd, "apart": apart}
    text = said("data_is_the_notebooks", rows=len(printed), **figures)
    return text, verdict(ok)


def correlation(lab):
    """Step 2: how much of the labels the second feature alone explains."""
    features, labels = lab.data
    seen = np.corrcoef(features[:, 1], labels)[0, 1]
    expected = TRUE[1] / math.hypot(*TRUE[:2], LECTURE["noise"])
    sd = (1 - expected**2) / math.sqrt(len(labels))
    figures = {"seen": seen, "expected": expected, "sd": sd, "share": 100 * seen**2}
    return said("correlation", **figures), verdict(abs(seen - expected) < 5 * sd)


def batches(lab):
    """Step 3, 12: both parts give (10, 2) and (10,), shuffled, each example once."""
    nd = mx.nd
    arrays = [nd.array(array) for array in lab.data]
    ours = concise.Batches(*lab.data, 10, 0)
    ours.shuffle(0)
    parts = [
        list(scratch.data_iter(10, *arrays)),
        list(concise.data_loader(ours)),
    ]
    shapes = {(X.shape, y.shape) for part in parts for X, y in part}
    seen = [np.sort(np.concatenate([y.asnumpy() for _, y in part])) for part in parts]
    once = all(np.array_equal(labels, np.sort(lab.data[1])) for labels in seen)
    shuffled = not np.array_equal(parts[0][0][1].asnumpy(), lab.data[1][:10])
    X, y = min(shapes)
    told = {"en": str(once), "zh": "是" if once else "否"}
    text = said("batches", X=X, y=y, number=len(parts[0]), once=told)
    return text, verdict(shapes == {((10, 2), (10,))} and once and shuffled)


def initial_weights(lab):
    """Step 4: w's sd is 0.01, in 10,000 draws (10000, 1), and b is 0."""
    w, b = scratch.init_params(10000, 0)
    sd, bias = float(w.asnumpy().std()), b.asscalar()
    ok = abs(sd / 0.01 - 1) < 5 / math.sqrt(20000) and bias == 0
    return said("initial_weights", sd=sd, b=bias, w=lab.start[0]), verdict(ok)


def deferred_size(lab):
    """Step 13: weight (1, 2) is known only after the first forward."""
    net = concise.linear_net(0)
    try:
        net[0].weight.data()
        before = "known"
    except mx.gluon.parameter.DeferredInitializationError:
        before = "DeferredInitializationError"
    net(mx.nd.array(lab.data[0][:10]))
    after = net[0].weight.shape
    text = said("deferred_size", before=before, after=after)
    return text, verdict(before != "known" and after == (1, 2))


def default_bias(lab):
    """Step 14: Gluon initialises the bias with 0."""
    net = concise.linear_net(0)
    net(mx.nd.array(lab.data[0][:10]))
    bias = net[0].bias.data().asscalar()
    return said("default_bias", bias=bias), verdict(bias == 0)


def reshape(lab):
    """Step 7: without the reshape (10, 1) - (10,) is (10, 10), and learns a mean."""
    nd = mx.nd
    trap = (nd.ones((10, 1)) - nd.ones((10,))).shape
    ours = scratch.squared_loss(nd.ones((10, 1)), nd.ones((10,))).shape
    X, y = (nd.array(array) for array in lab.data)
    w, b = scratch.init_params(2, 0)
    for param in (w, b):
        param.attach_grad()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(30):
            with mx.autograd.record():
                loss = (scratch.linreg(X, w, b) - y) ** 2 / 2
            loss.backward()
            scratch.sgd([w, b], 0.5, loss.size)
    slope, mean = float(nd.max(nd.abs(w)).asscalar()), float(y.mean().asscalar())
    learned = {"slope": slope, "b": b.asscalar(), "mean": mean}
    text = said("reshape", trap=trap, ours=ours, warnings=len(caught), **learned)
    # Full-batch descent at lr 0.5 leaves about 0.5^30 of the start, and rounding.
    trapped = slope < 1e-3 and abs(learned["b"] - mean) < 1e-3
    ok = trap == (10, 10) and ours == (10, 1) and trapped and not caught
    return text, verdict(ok)


def division(lab):
    """Step 7, 8, 16: the loss has the half, and a step divides once by the batch."""
    nd, y = mx.nd, mx.nd.zeros((10,))
    per_example = [
        float(loss(nd.ones((10, 1)), y).asnumpy().ravel()[0])
        for loss in (scratch.squared_loss, mx.gluon.loss.L2Loss())
    ]
    param = nd.zeros((1,))
    param.attach_grad()
    param.grad[:] = 10
    scratch.sgd([param], 1, 10)
    once = lab.study("scratch", 0.03).losses[:, -1].mean()
    twice, never = (lab.train(lr=lr).losses[-1] for lr in (0.003, 0.3))
    step, ends = param.asscalar(), {"once": once, "twice": twice, "never": never}
    text = said("division", losses=per_example, step=step, **ends)
    ok = per_example == [0.5, 0.5] and step == -1 and twice > 100 * once
    return text, verdict(ok)
