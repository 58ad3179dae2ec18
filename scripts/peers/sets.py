"""Own data: one set of rows, and how near to its least squares each trains."""

import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).resolve().parents[1] / "train_fused.py"
MOST_DOUBLED = 2**12  # epochs that scikit-learn is given to come within the limit
MOST_ADVISED = 400000  # steps of fused, in the table of advice
CLOSE = "closer than the data can tell apart"  # what a report ends with, once there
PROBLEMS = {  # n, d, batch_size, epochs, average
    "the lecture": (1000, 2, 10, 3, 0.5),
    "1e6 x 2, batches of 10": (10**6, 2, 10, 1, 1.0),
    "1e6 x 10, batches of 100": (10**6, 10, 100, 1, 1.0),
    "1e5 x 20, batches of 10": (10**5, 20, 10, 2, 0.5),
    "1e5 x 100, batches of 1000": (10**5, 100, 1000, 4, 0.5),
}


def by_script(path, target):
    """Return the --json record of a run of the script, with whole seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.json"
        command = [sys.executable, str(SCRIPT), "--csv", str(path), "--target", target]
        start = time.perf_counter()
        done = subprocess.run([*command, "--quiet", "--json", str(file)])
        seconds = time.perf_counter() - start
        if done.returncode:
            sys.exit(f"benchmark_data: {path.name} ended with {done.returncode}")
        return {**json.loads(file.read_text(encoding="utf-8")), "whole": seconds}


class Case:
    """One set: what is trained on, in training units, and its least squares."""

    def __init__(self, path, target):
        from linreg_gluon import Config, tabular

        data = tabular.read_csv(str(path), target=target)
        self.study = tabular.Experiment(data, standardize=True)
        self.features, self.labels = self.study.training
        self.distance = self.study.distance(Config())
        best = self.distance.best
        residuals = self.features @ best[:-1] + best[-1] - self.labels
        self.loss = float(np.mean(residuals**2) / 2)

    def measured(self, now, epochs, seconds):
        """Return how far parameters (d + 1,) in training units are."""
        off_by, joint, exact = self.distance.between(now, self.distance.best, self.loss)
        found = {"off_by": off_by, "joint": joint, "exact": bool(exact)}
        return {**found, "epochs": epochs, "seconds": seconds}


def ours(case, record):
    """Return what a record of the script says, measured anew."""
    learned, ending = record["learned"], record["ending"]
    now = case.study.units.unfold(np.array(learned["w"]), learned["b"])
    found = case.measured(now, len(record["losses"]), record["seconds"])
    told = {"whole": record["whole"], "converged": ending["converged"]}
    r2 = 1 - 2 * case.loss / float(case.labels.var())
    told["r2_below"] = r2 - record["metrics"]["training"]["r2"]
    return {**found, **told, "reason": ending["reason"]}


def verdicts(case):
    """Return {path: whether it says converged} of scratch and Gluon."""
    from linreg_gluon import Config, concise, scratch

    auto = {"auto": ("lr", "num_epochs")}
    paths = {"scratch": scratch.train, "gluon": concise.train}
    return {
        name: bool(case.study.train(train, Config(), **auto).ending.converged)
        for name, train in paths.items()
    }


def scikit_learns(case, **told):
    """Return how far SGDRegressor comes on the same standardised rows."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import SGDRegressor

    model, start = SGDRegressor(random_state=0, **told), time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(case.features.astype(float), case.labels.astype(float))
    seconds = time.perf_counter() - start
    now = np.append(model.coef_, model.intercept_)
    return case.measured(now, int(model.n_iter_), seconds)


def scikit_learns_until(case, limit):
    """Return how far it comes by averages, its epochs doubled until within limit."""
    epochs = 1
    while True:
        found = scikit_learns(case, average=True, max_iter=epochs, tol=None)
        near = found["off_by"] is not None and found["off_by"] < limit
        if near or epochs >= MOST_DOUBLED:
            return found
        epochs *= 2


def advised(case):
    """Return {advised, took} epochs of a rate whose jitter is small; None: too many.

    took: the fewest, within a fifth, after which the report says that the data cannot
    tell the run from least squares; None: more than three times as many as advised.
    """
    from linreg_gluon import Config, fused, tabular

    n = len(case.labels)
    lr = min(tabular.auto_lr(case.features, 10), 2 / n)

    def report(num_epochs):
        config = Config(lr=lr, num_epochs=num_epochs)
        return str(case.study.train(fused.train, config)).rstrip(".")

    words = report(1).split("--epochs ")
    if len(words) < 2 or int(words[1]) * n / 10 > MOST_ADVISED:
        return None
    advice = took = int(words[1])
    while took > 1 and report(took).endswith(CLOSE):
        took = int(took / 1.2)
    while took <= 3 * advice and not report(took).endswith(CLOSE):
        took = max(took + 1, int(1.2 * took))
    return {"advised": advice, "took": took if took <= 3 * advice else None}


def averaging(turns=12):
    """Return {problem: {plain, averaged}}, minima in seconds of fused."""
    from linreg_gluon import Config, fused, synthetic_data

    found = {}
    for name, (n, d, size, epochs, average) in PROBLEMS.items():
        data = synthetic_data(np.linspace(-1, 1, d), 4.2, n, 0.01, 0)
        times = {0.0: [], average: []}
        for _ in range(turns if n > 1000 else 30 * turns):
            for share, seconds in times.items():
                told = Config(0.03 if d < 3 else 0.5 / d, epochs, size, average=share)
                start = time.perf_counter()
                fused.train(*data, told)
                seconds.append(time.perf_counter() - start)
        found[name] = dict(zip(("plain", "averaged"), map(min, times.values())))
    return found
