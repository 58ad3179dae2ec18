"""The benchmark's parts that need no peers; the committed table is its JSON's."""

import json
import sys

import numpy as np
import pytest
from conftest import ROOT

from linreg_gluon import batch_order

sys.path.insert(0, str(ROOT / "scripts"))
import benchmark  # noqa: E402

RESULT = ROOT / "docs" / "benchmark.json"
HEAD = "<!-- table of: docs/benchmark.json -->\n"


def test_tables_are_the_jsons():
    table = benchmark.table(json.loads(RESULT.read_text(encoding="utf-8")))
    texts = [p.read_text(encoding="utf-8") for p in ROOT.glob("README*.md")]
    shown = [t.split(HEAD)[1].split("<!-- end -->")[0] for t in texts if HEAD in t]
    assert len(shown) == 2 and all(each == table for each in shown)


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
