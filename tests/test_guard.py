"""A training that is interrupted at any moment leaves the process fit for the next."""

import signal

import numpy as np
import pytest
from conftest import PATHS

from linreg_gluon import Config
from linreg_gluon.compat import mx

posix = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")
INTERRUPTED = """
import importlib, random, signal, sys, time
from linreg_gluon import Config, synthetic_data

path, times, hits, refused = sys.argv[1], int(sys.argv[2]), 0, 0
train = importlib.import_module("linreg_gluon." + path).train
data = synthetic_data([2, -3.4], 4.2, 200, 0.01, 0)
config, dice = Config(num_epochs=300 if path == "fused" else 3), random.Random(0)
wanted = train(*data, config)
start = time.perf_counter()
train(*data, config)
took = time.perf_counter() - start


class Stop(BaseException):  # as Ctrl-C is: MXNet catches an Exception
    pass


def handler(*_):
    global refused
    if dice.random() < 0.5:
        try:
            train(*data, config)
        except RuntimeError as error:
            assert "a training is running here" in str(error)
            refused += 1
    raise Stop


signal.signal(signal.SIGALRM, handler)
tries = 0
while tries < times or not (hits and refused) and tries < 50 * times:  # took is a guess
    tries += 1
    try:
        signal.setitimer(signal.ITIMER_REAL, dice.uniform(1e-4, took))
        train(*data, config)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except Stop:
        hits += 1
again = train(*data, config)
assert (again.w == wanted.w).all() and again.losses == wanted.losses
print(hits, refused, tries)
"""


@posix
@pytest.mark.parametrize("times", [10, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("path", ["scratch", "concise", "fused"])
def test_interrupted_process_trains_on(run, path, times):
    done = run("python", "-W", "ignore", "-c", INTERRUPTED, path, times, timeout=600)
    assert done.returncode == 0, done.stderr
    hits, refused, tries = map(int, done.stdout.split())
    # A Stop raised in a destructor is lost, also that of a training that was refused.
    assert 0 < hits <= tries and 0 < refused <= tries


@pytest.mark.parametrize("name", PATHS)
def test_state_left_by_others_is_no_matter(name, lecture):
    train, config = PATHS[name].train, Config(num_epochs=1)
    wanted = train(*lecture, config)
    mx.autograd.set_recording(True), mx.autograd.set_training(True)
    try:
        fit = train(*lecture, config)
        assert mx.autograd.is_recording() and mx.autograd.is_training()
    finally:
        mx.autograd.set_recording(False), mx.autograd.set_training(False)
    assert np.array_equal(fit.w, wanted.w) and fit.losses == wanted.losses


@pytest.mark.parametrize("name", PATHS)
def test_on_epoch_may_train(name, lecture):
    train, inner = PATHS[name].train, []
    alone = train(*lecture, Config(seed=1, num_epochs=1))

    def on_epoch(epoch, loss):
        inner.append(train(*lecture, Config(seed=1, num_epochs=1)))

    outer = train(*lecture, Config(), on_epoch=on_epoch)
    assert len(inner) == 3 and np.array_equal(inner[1].w, alone.w)
    assert np.array_equal(outer.w, train(*lecture, Config()).w)


SIX = "x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n6,12.2\n"


def test_many_epochs_of_few_rows(tmp_path):
    data = np.array([row.split(",") for row in SIX.split()[1:]], "float32")
    features, labels = data[:, :1] / 6, data[:, 1] / 12
    fits = [
        PATHS[name].train(features, labels, Config(num_epochs=3100))
        for name in ("fused", "scratch")
    ]
    assert len(fits[0].losses) == 3100
    assert np.abs(fits[0].w - fits[1].w).max() < 2e-6


FAILING = """
import sys
from linreg_gluon import cli, Config, fused, synthetic_data
from linreg_gluon.compat import mx

def main():
    mx.nd.dot(mx.nd.ones((2, 3)), mx.nd.ones((2, 3))).asnumpy()

try:
    cli.run(main)
except SystemExit as ended:
    fit = fused.train(*synthetic_data([1], 2, 20, 0.1, 0), Config())
    print(ended.code, len(fit.losses))
"""


def test_mxnet_error_is_one_line(run):
    done = run("python", "-c", FAILING)
    (line,) = done.stderr.splitlines()
    assert done.stdout == "1 3\n" and "MXNet failed: " in line
    assert "Traceback" not in done.stderr and "dot" in line
