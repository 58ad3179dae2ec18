"""How each of the lecture's claims is measured; lecture.py says what they are.

A room of its own beside lecture.py: the record reads as a list, the measuring as code.
A check takes a Lab and returns (what was measured, verdict); it can come out
otherwise. Where a figure is random the limit is 5 standard deviations: by chance one
check in a million fails.
"""

import math
import time
import warnings

import numpy as np

from .. import concise, scratch, theory
from ..compat import mx
from ..config import Config, DivergedError
from ..normal import NormalGenerator
from .dataset import LECTURE, LIBRARIES, lecture_data, recorded

HOLDS, REMARK, FAILS = "holds", "holds with a remark", "does not hold"
TIMED = "timed, and another in every run: below 1 is faster"
RECORDED = recorded()
TRUE = np.array([*LECTURE["true_w"], LECTURE["true_b"]])
PATHS = {"scratch": scratch, "gluon": concise}


class Study:
    """The Fits of one path at one lr; losses (runs, epochs), thetas (runs, 3)."""

    def __init__(self, fits):
        self.fits = fits
        self.losses = np.array([fit.losses for fit in fits])
        self.thetas = np.array([theta(fit) for fit in fits])


class Lab:
    """The lecture's data set, and reruns of the lecture on it, each made once.

    runs: how many shuffles each study has, at least 2. which: as data.lecture_data's.
    """

    def __init__(self, runs=20, which="lecture"):
        self.runs, self.which, self.studies = runs, which, {}
        self.data = features, labels = lecture_data(which)
        self.best = theory.least_squares(features, labels)
        draw = NormalGenerator(0, LIBRARIES[which]).normal
        draw(1, (1000, 2)), draw(1, (1000,))
        # The third draw of the notebooks' run: both parts begin at these weights.
        self.start = draw(0.01, (2,)), 0.0

    def train(self, path="scratch", **config):
        """Return the Fit of one run of a path from the notebooks' initial weights."""
        return PATHS[path].train(*self.data, Config(**config), start=self.start)

    def study(self, path, lr):
        """Return the Study of ``runs`` shuffles; the parts never share a shuffle."""
        first = 0 if path == "scratch" else 1000
        if (path, lr) not in self.studies:
            fits = [self.train(path, lr=lr, seed=first + i) for i in range(self.runs)]
            self.studies[path, lr] = Study(fits)
        return self.studies[path, lr]


def theta(fit):
    """Return w and b as one array (d + 1,)."""
    return np.append(fit.w, fit.b)


def verdict(ok, remark=False):
    """Return FAILS unless ok, else HOLDS or, with a remark, REMARK."""
    return (REMARK if remark else HOLDS) if ok else FAILS


def data_is_the_notebooks(lab):
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
    measured = "shapes %s and %s, noise sd %.5f; the %d printed rows are in it to %.0e"
    return measured % (features.shape, labels.shape, sd, len(printed), apart), verdict(
        ok
    )


def correlation(lab):
    features, labels = lab.data
    seen = np.corrcoef(features[:, 1], labels)[0, 1]
    expected = TRUE[1] / math.hypot(*TRUE[:2], LECTURE["noise"])
    sd = (1 - expected**2) / math.sqrt(len(labels))
    measured = (
        "correlation %.3f, theory %.3f +- %.3f: %.0f %% of the label's variance, "
    )
    measured += "the rest is the other feature"
    ok = abs(seen - expected) < 5 * sd
    return measured % (seen, expected, sd, 100 * seen**2), verdict(ok)


def batches(lab):
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
    measured = "shapes %s, %d batches an epoch, every example once: %s"
    text = measured % (" and ".join(map(str, *shapes)), len(parts[0]), once)
    return text, verdict(shapes == {((10, 2), (10,))} and once and shuffled)


def initial_weights(lab):
    w, b = scratch.init_params(10000, 0)
    sd, bias = float(w.asnumpy().std()), b.asscalar()
    measured = "sd of 10000 draws %.5f, b = %g; the notebooks began at w = [%.4f, %.4f]"
    ok = abs(sd / 0.01 - 1) < 5 / math.sqrt(20000) and bias == 0
    return measured % (sd, bias, *lab.start[0]), verdict(ok)


def reshape(lab):
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
    measured = (
        "(10, 1) - (10,) is %s, squared_loss gives %s; trained so, |w| <= %.3f and "
    )
    measured += "b = %.3f, the mean of y is %.3f; warnings: %d"
    text = measured % (trap, ours, slope, b.asscalar(), mean, len(caught))
    # Full-batch descent at lr 0.5 leaves about 0.5^30 of the start, and rounding.
    trapped = slope < 1e-3 and abs(b.asscalar() - mean) < 1e-3
    ok = trap == (10, 10) and ours == (10, 1) and trapped and not caught
    return text, verdict(ok)


def division(lab):
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
    measured = (
        "loss of an error of 1: %s; a step of lr 1 and gradient 10: %g; loss after "
    )
    measured += (
        "3 epochs: divided once %.2g, twice (as lr / 10) %.2g, never (lr * 10) %.2g"
    )
    text = measured % (per_example, param.asscalar(), once, twice, never)
    ok = per_example == [0.5, 0.5] and param.asscalar() == -1 and twice > 100 * once
    return text, verdict(ok)


def printed_losses(lab):
    features, labels = (array.astype(np.float64) for array in lab.data)
    texts, ok = [], True
    for part, record in RECORDED.items():
        if part == "what":
            continue
        w = TRUE[:-1] - record["error_w"]
        b = TRUE[-1] - record["error_b"]
        loss = "%f" % np.mean((features @ w + b - labels) ** 2 / 2)
        texts.append(
            "%s %s, printed %s" % (part, loss, record["epoch_loss_printed"][-1])
        )
        ok = ok and loss == record["epoch_loss_printed"][-1]
    return "; ".join(texts), verdict(ok)


def z_scores(study, record):
    """Return the z-scores of a notebook's 3 losses and 3 errors among a Study's runs.

    The sd includes the rounding of a printed loss, 1e-6 / sqrt(12).
    """
    losses = np.array(record["epoch_loss_printed"], dtype=np.float64)
    sd = np.hypot(study.losses.std(axis=0, ddof=1), 1e-6 / math.sqrt(12))
    errors = np.append(record["error_w"], record["error_b"])
    ours = TRUE - study.thetas
    return np.append(
        (losses - study.losses.mean(axis=0)) / sd,
        (errors - ours.mean(axis=0)) / ours.std(axis=0, ddof=1),
    )


def reruns(lab):
    texts, worst = [], 0.0
    for part in PATHS:
        record = RECORDED[part]
        study = lab.study(part, record["lr"])
        z = z_scores(study, record)
        worst = max(worst, np.abs(z).max())
        epochs = zip(record["epoch_loss_printed"], study.losses.T, z)
        text = ", ".join(
            "%s (%.4g +- %.1g, z %+.1f)"
            % (printed, loss.mean(), loss.std(ddof=1), each)
            for printed, loss, each in epochs
        )
        errors = ", ".join("%+.1f" % each for each in z[3:])
        texts.append("%s: losses %s; errors of w, b: z %s" % (part, text, errors))
    remark = "part 1's notebook was run at lr 0.1, not at the lecture's 0.03"
    return "; ".join([*texts, remark]), verdict(worst < 5, remark=True)


def falling_losses(lab):
    texts, ok = [], True
    for part in PATHS:
        losses = lab.study(part, 0.03).losses
        ranges = ", ".join("%.3g-%.3g" % (loss.min(), loss.max()) for loss in losses.T)
        texts.append("%s %s" % (part, ranges))
        ok = ok and (losses[:, 0] > 100 * losses[:, 1]).all()
        # SGD's spread adds lr (d + 1) / (2 B) of the floor: 0.5 %, and never 5 %.
        ok = ok and (losses[:, -1] < 1.05 * lab.best.loss).all()
    texts.append("least squares %.4g" % lab.best.loss)
    return "; ".join(texts), verdict(ok)


def closeness(lab):
    study = lab.study("scratch", 0.03)
    best = np.append(lab.best.w, lab.best.b)
    config, noise = Config(), LECTURE["noise"]
    error = np.abs(study.thetas - TRUE).max()
    added = np.sqrt(np.mean((study.thetas - best) ** 2))
    expected = theory.sgd_spread(config, noise)
    tolerance = theory.recovery_tolerance(config, noise, TRUE[:-1], TRUE[-1], 1000)
    measured = (
        "largest error %.1e of %d runs (theory: below %.1e); least squares is off "
    )
    measured += "by %.1e (standard error %.1e); SGD adds %.1e rms (theory %.1e)"
    off = np.abs(best - TRUE).max()
    numbers = error, lab.runs, tolerance, off, lab.best.se_w.max(), added, expected
    # 3 runs of 3 numbers already give an rms within a factor of 2.
    ok = error < tolerance and expected / 2 < added < expected * 2
    return measured % numbers, verdict(ok)


def small_lr(lab):
    losses = {lr: lab.train(lr=lr).losses[-1] for lr in (1e-4, 1e-3, 1e-2)}
    text = ", ".join("lr %g: %.3g" % item for item in losses.items())
    return text + "; lr 0.03: %.3g" % lab.best.loss, verdict(
        min(losses.values()) > 0.01
    )


def outcome(lab, lr, seed):
    """Return the last loss of a run, nan if it diverged."""
    try:
        return lab.train(lr=lr, seed=seed).losses[-1]
    except DivergedError:
        return math.nan


def large_lr(lab):
    at_one, at_three = (
        np.array([outcome(lab, lr, seed) for seed in range(5)]) for lr in (1.0, 3.0)
    )
    full, batch = (theory.largest_stable_lr(lab.data[0], B) for B in (None, 10))
    beyond = np.array([outcome(lab, 1.05 * full, seed) for seed in range(5)])
    burst = int((~(beyond < 1)).sum())
    excess = np.nanmean(at_one) / lab.best.loss
    measured = (
        "lr 1: loss %.1e, %.1f times the floor; lr 3: nan in %d of 5; theory: batches "
    )
    measured += (
        "of 10 up to %.2f, full batch up to %.2f (at %.2f %d of 5 end above 1); "
    )
    measured += "the largest rate that works is not the best"
    nans = int(np.isnan(at_three).sum())
    numbers = np.nanmean(at_one), excess, nans, batch, full, 1.05 * full, burst
    ok = (at_one < 1e-3).all() and nans == 5 and 1 < batch < full < 3 and burst > 0
    return measured % numbers, verdict(ok, remark=excess > 1.1)


def stale_weights(lab):
    trained, config = lab.train(), Config(lr=1e-4, num_epochs=1)
    stale = scratch.train(*lab.data, config, start=(trained.w, trained.b)).losses[0]
    fresh = lab.train(lr=1e-4, num_epochs=1).losses[0]
    text = "first epoch at lr 1e-4: %.2g on trained weights, %.3g on fresh ones"
    return text % (stale, fresh), verdict(stale < fresh / 1000)


def deferred_size(lab):
    net = concise.linear_net(0)
    try:
        net[0].weight.data()
        before = "known"
    except mx.gluon.parameter.DeferredInitializationError:
        before = "DeferredInitializationError"
    net(mx.nd.array(lab.data[0][:10]))
    after = net[0].weight.shape
    text = "weight before the first forward: %s; after it: %s" % (before, after)
    return text, verdict(before != "known" and after == (1, 2))


def default_bias(lab):
    net = concise.linear_net(0)
    net(mx.nd.array(lab.data[0][:10]))
    bias = net[0].bias.data().asscalar()
    return "bias after initialize(init.Normal(0.01)): %g" % bias, verdict(bias == 0)


def same_numbers(lab):
    apart = max(
        np.abs(theta(lab.train(seed=seed)) - theta(lab.train("gluon", seed=seed))).max()
        for seed in range(3)
    )
    # The same float32 steps, summed in another order.
    return "largest difference of a parameter, 3 runs: %.1e" % apart, verdict(
        apart < 2e-6
    )


def more_stable(lab):
    apart = np.abs(theta(lab.train()) - theta(lab.train("gluon"))).max()
    diverged = [part for part in PATHS if part_diverges(lab, part)]
    measured = "parameters differ by %.0e; at lr 3 %s diverge: one dense layer and a "
    measured += "square leave nothing to stabilise"
    text = measured % (apart, " and ".join(diverged) or "none")
    return text, verdict(diverged == ["scratch"])


def faster(lab):
    seconds = {part: math.inf for part in PATHS}
    for _ in range(5):
        for part in PATHS:
            start = time.perf_counter()
            lab.train(part)
            seconds[part] = min(seconds[part], time.perf_counter() - start)
    ratio = seconds["gluon"] / seconds["scratch"]
    return "Gluon takes %.2f of scratch's time (minima of 5, in turn)" % ratio, TIMED


def part_diverges(lab, part):
    """Return whether a path diverges at lr 3."""
    try:
        lab.train(part, lr=3.0)
    except DivergedError:
        return True
    return False


def similar_results(lab):
    one, two = (lab.study(part, 0.03) for part in PATHS)
    error = [
        study.losses[:, -1].std(ddof=1) / math.sqrt(lab.runs) for study in (one, two)
    ]
    means = [study.losses[:, -1].mean() for study in (one, two)]
    z = (means[0] - means[1]) / math.hypot(*error)
    text = (
        "last loss %.4g and %.4g, mean of %d shuffles each: z %+.1f of the difference"
    )
    return text % (*means, lab.runs, z), verdict(abs(z) < 5)
