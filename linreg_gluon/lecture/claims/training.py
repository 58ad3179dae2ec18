"""What training gives: the printed losses, the reruns, the parameters, both parts."""

import math

import numpy as np

from ... import theory
from ...config import Config
from ..dataset import LECTURE
from ..lab import PATHS, RECORDED, TRUE, theta, verdict
from .words import joined, said


def printed_losses(lab):
    """Step 9, 10: the printed parameters give the printed losses."""
    features, labels = (array.astype(np.float64) for array in lab.data)
    texts, ok = [], True
    for part, record in RECORDED.items():
        if part == "what":
            continue
        w = TRUE[:-1] - record["error_w"]
        b = TRUE[-1] - record["error_b"]
        loss = "%f" % np.mean((features @ w + b - labels) ** 2 / 2)
        printed = record["epoch_loss_printed"][-1]
        texts.append(said("printed_losses", part=part, loss=loss, printed=printed))
        ok = ok and loss == printed
    return joined(texts, "; ", "；"), verdict(ok)


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
    """Step 9, 17: the printed numbers lie among reruns, each within 5 sd."""
    texts, worst = [], 0.0
    for part in PATHS:
        record = RECORDED[part]
        study = lab.study(part, record["lr"])
        z = z_scores(study, record)
        worst = max(worst, np.abs(z).max())
        epochs = zip(record["epoch_loss_printed"], study.losses.T, z)
        losses = joined(
            said("reruns, a loss", printed=text, mean=e.mean(), sd=e.std(ddof=1), z=s)
            for text, e, s in epochs
        )
        errors = ", ".join("%+.1f" % each for each in z[3:])
        texts.append(said("reruns", part=part, losses=losses, errors=errors))
    texts.append(said("reruns, a remark"))
    return joined(texts, "; ", "；"), verdict(worst < 5, remark=True)


def falling_losses(lab):
    """Step 9, 17: the losses fall to the floor of least squares."""
    texts, ok = [], True
    for part in PATHS:
        losses = lab.study(part, 0.03).losses
        ranges = ", ".join("%.3g-%.3g" % (loss.min(), loss.max()) for loss in losses.T)
        texts.append("%s %s" % (part, ranges))
        ok = ok and (losses[:, 0] > 100 * losses[:, 1]).all()
        # SGD's spread adds lr (d + 1) / (2 B) of the floor: 0.5 %, and never 5 %.
        ok = ok and (losses[:, -1] < 1.05 * lab.best.loss).all()
    ranges = joined(texts, "; ", "；")
    return said("falling_losses", ranges=ranges, best=lab.best.loss), verdict(ok)


def closeness(lab):
    """Step 10: the errors are within theory's limit, and SGD's share of them."""
    study = lab.study("scratch", 0.03)
    best = np.append(lab.best.w, lab.best.b)
    config, noise = Config(), LECTURE["noise"]
    error = np.abs(study.thetas - TRUE).max()
    added = np.sqrt(np.mean((study.thetas - best) ** 2))
    expected = theory.sgd_spread(config, noise)
    tolerance = theory.recovery_tolerance(config, noise, TRUE[:-1], TRUE[-1], 1000)
    exact = {"off": np.abs(best - TRUE).max(), "se": lab.best.se_w.max()}
    sgd = {"error": error, "limit": tolerance, "added": added, "expected": expected}
    # 3 runs of 3 numbers already give an rms within a factor of 2.
    ok = error < tolerance and expected / 2 < added < expected * 2
    return said("closeness", runs=lab.runs, **exact, **sgd), verdict(ok)


def same_numbers(lab):
    """Step 17: both parts learn the same parameters (3,), to 2e-6."""
    pairs = [[theta(lab.train(part, seed=i)) for part in PATHS] for i in range(3)]
    apart = max(np.abs(one - two).max() for one, two in pairs)
    # The same float32 steps, summed in another order.
    return said("same_numbers", runs=len(pairs), apart=apart), verdict(apart < 2e-6)


def similar_results(lab):
    """Step 17: both parts end at the same mean loss, over the shuffles."""
    one, two = (lab.study(part, 0.03) for part in PATHS)
    error = [
        study.losses[:, -1].std(ddof=1) / math.sqrt(lab.runs) for study in (one, two)
    ]
    means = [study.losses[:, -1].mean() for study in (one, two)]
    z = (means[0] - means[1]) / math.hypot(*error)
    text = said("similar_results", one=means[0], two=means[1], runs=lab.runs, z=z)
    return text, verdict(abs(z) < 5)
