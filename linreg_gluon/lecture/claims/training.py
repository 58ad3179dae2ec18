"""What training gives: the printed losses, the reruns, the parameters, both parts."""

import math

import numpy as np

from ... import theory
from ...config import Config
from ..dataset import LECTURE
from ..lab import PATHS, RECORDED, TRUE, theta, verdict


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


def same_numbers(lab):
    apart = max(
        np.abs(theta(lab.train(seed=seed)) - theta(lab.train("gluon", seed=seed))).max()
        for seed in range(3)
    )
    # The same float32 steps, summed in another order.
    return "largest difference of a parameter, 3 runs: %.1e" % apart, verdict(
        apart < 2e-6
    )


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
