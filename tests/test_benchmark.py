"""The benchmark's parts that need no peers; the committed table is its JSON's."""

import dataclasses
import sys

import numpy as np
import pytest
from conftest import ROOT

from linreg_gluon import batch_order

sys.path.insert(0, str(ROOT / "scripts"))
from bench import entries, turns  # noqa: E402


def test_problem_has_our_order():
    problem = entries.Problem(25, 2, 10, 1, 0.03)
    for theirs, ours in zip(problem.batches(4), batch_order(25, 10, 0, 4)):
        assert np.array_equal(theirs, ours)


@pytest.mark.parametrize("name", entries.SMALL)
def test_entry_meets_oracle(name):
    problem = entries.Problem(100, 2, 10, 2, 0.03)
    worker = turns.Worker(sys.executable)
    try:
        worker.ask("problem", dataclasses.asdict(problem))
        answer = worker.ask("train", name)
    finally:
        worker.close()
    turns.check(name, answer, turns.oracles(problem, [name])[name])


@pytest.mark.parametrize("wrong", [1e-3, float("nan")])
def test_wrong_result_is_refused(wrong):
    with pytest.raises(SystemExit, match="x is .* away from the oracle"):
        turns.check("x", {"w": [1 + wrong], "b": 1}, np.array([1.0, 1.0]))
