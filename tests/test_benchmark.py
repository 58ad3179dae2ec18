"""The benchmark's parts that need no peers; the committed table is its JSON's."""

import sys

import numpy as np
import pytest
from conftest import ROOT

from linreg_gluon import batch_order

sys.path.insert(0, str(ROOT / "scripts"))
import benchmark  # noqa: E402


def test_problem_has_our_order():
    problem = benchmark.Problem(25, 2, 10, 1, 0.03)
    for theirs, ours in zip(problem.batches(4), batch_order(25, 10, 0, 4)):
        assert np.array_equal(theirs, ours)


@pytest.mark.parametrize("name", benchmark.SMALL)
def test_entry_meets_oracle(name):
    problem = benchmark.Problem(100, 2, 10, 2, 0.03)
    worker = benchmark.Worker(sys.executable)
    try:
        worker.ask("problem", benchmark.dataclasses.asdict(problem))
        answer = worker.ask("train", name)
    finally:
        worker.close()
    benchmark.check(name, answer, benchmark.oracle(problem))


@pytest.mark.parametrize("wrong", [1e-3, float("nan")])
def test_wrong_result_is_refused(wrong):
    with pytest.raises(SystemExit, match="x is .* away from the oracle"):
        benchmark.check("x", {"w": [1 + wrong], "b": 1}, np.array([1.0, 1.0]))
