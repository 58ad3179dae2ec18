"""What the tests share: the paths, the lecture's problem, running a script."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from linreg_gluon import cli, concise, fused, scratch, synthetic_data

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))
sys.path += map(str, (ROOT / "tests").glob("*/"))  # tables that wings share
import refresh  # noqa: E402, F401


def told(*flags):
    """Return the Told of a training script's flags."""
    return cli.parse(cli.training_parser("x"), list(map(str, flags)))


def trained(path, *flags):
    """Run a script's work in this process; return the Result."""
    run = told(*flags, "--quiet")
    study = cli.experiment(run)
    return study.train(path.train, run.config, keeping=run.keeping)


PATHS = {"scratch": scratch, "gluon": concise, "fused": fused}


def complaints(errors):
    """Return the lines of stderr but for the stages' times, which a slow machine adds."""
    return [line for line in errors.splitlines() if not line.startswith("time: ")]


@pytest.fixture(params=list(PATHS))
def path(request):
    """Each way to train; all keep one contract, so they share their tests."""
    return PATHS[request.param]


@pytest.fixture(scope="session")
def lecture():
    """The lecture's problem: (features, labels) of 1000 examples, seed 0."""
    return synthetic_data([2, -3.4], 4.2, 1000, 0.01, 0)


@pytest.fixture
def run():
    """Run a command line of the project, python standing for this interpreter.

    Under make test VENV=... a make of the test's own would inherit VENV by MAKEFLAGS.
    """

    def call(*args, cwd=ROOT, env=None, timeout=600):
        command = [sys.executable if arg == "python" else str(arg) for arg in args]
        return subprocess.run(
            command,
            cwd=str(cwd),
            env={**os.environ, "MAKEFLAGS": "", **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            timeout=timeout,
        )

    return call
