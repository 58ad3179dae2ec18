"""Columns are judged in the rows that are used, and alike by one process and by many."""

import numpy as np
import pandas as pd
import pytest

from linreg_gluon import Config, fused, tabular, theory
from linreg_gluon.config import InputError
from linreg_gluon.tabular.fingerprints import fingerprint

N = 60
RNG = np.random.default_rng(0)
X, Z = RNG.normal(size=(2, N)).round(3)
HALF = np.arange(N) < 25


def frame(**columns):
    return pd.DataFrame({"x": X, **columns, "z": Z, "y": X + Z})


def gap(values, where=HALF):
    return np.where(where, np.nan, values)


KINDS = np.repeat(["a", "b", "c"], [25, 20, 15])
# name: (frame, names used, rows used, a line that is said)
CASES = {
    "constant with gaps": (
        frame(c=gap(np.full(N, 5.0))),
        ("x", "z"),
        N,
        "left out: c (constant)",
    ),
    "sum with gaps": (
        frame(c=gap(2 * X)),
        ("x", "z"),
        N,
        "left out: c (follows from x)",
    ),
    "base in gaps alone": (
        frame(k=KINDS, v=gap(Z**2)),
        ("x", "k=c", "v", "z"),
        35,
        "k: c against b",
    ),
    "one level left": (
        frame(k=np.repeat(["a", "b"], [25, 35]), v=gap(Z**2)),
        ("x", "v", "z"),
        35,
        "left out: k (constant in the rows used)",
    ),
    "counts, and a sum": (
        frame(id=np.arange(N), w=2 * X - Z),
        ("x", "w"),
        N,
        "left out: id (an identifier: a number of its own in each row), "
        "z (follows from x, w)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_judged_in_the_rows_used(name):
    data, names, rows, said = CASES[name]
    table = tabular.read_csv(data, "y")
    assert (table.names, len(table.values)) == (names, rows)
    assert said in table.plan.said()
    assert theory.least_squares(table.features, table.labels).r2 > 0.99


@pytest.mark.parametrize("name", CASES)
def test_many_processes_use_the_same_columns(tmp_path, name):
    path = str(tmp_path / "a.csv")
    CASES[name][0].to_csv(path, index=False)
    whole = tabular.read_csv(path, "y")
    part = tabular.read_csv(path, "y", keep=lambda n: np.arange(n) % 3 == 1)
    assert part.plan == whole.plan and part.names == whole.names
    assert np.array_equal(part.values, whole.values[1::3])
    assert part.sha256 == fingerprint(whole.values)


def test_level_without_used_rows_is_not_predicted():
    """It was the base: predicted as 0 of each other level it would be a wrong number."""
    table = tabular.read_csv(CASES["base in gaps alone"][0], "y")
    result = tabular.Experiment(table).train(fused.train, Config(num_epochs=20))
    new = pd.DataFrame({"x": [1, 1, 1], "k": ["a", "b", "c"], "v": [1, 1, 1], "z": 1})
    assert np.isnan(result.predict(new)).tolist() == [True, False, False]


def test_dependent_after_the_first_block():
    """A block of rows shows that a column adds to the others, or all rows decide."""
    n = theory.BLOCK + 100
    x = np.zeros((n, 3))
    x[:, 0] = np.arange(n) % 7
    x[-50:, 1] = np.arange(50) % 3  # constant in the first block
    x[:, 2] = x[:, 0] + x[:, 1]
    assert theory.dependencies(x) == {2: [0, 1]}
    data = pd.DataFrame(x, columns=list("abc")).assign(y=np.arange(n) % 5)
    assert tabular.read_csv(data, "y").names == ("a", "b")
    x[7, 2] += 1e-3
    assert theory.dependencies(x) == {}


def test_later_rows_can_take_back_that_a_column_adds():
    """Noise of 1 beside 1e14 further down is rounding: all rows are looked at again."""
    n = 3 * theory.BLOCK
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, n))
    far = rng.normal(size=100) * 1e14
    a[-100:], b[-100:] = far, far
    data = pd.DataFrame({"a": a, "b": b, "y": rng.normal(size=n)})
    assert tabular.read_csv(data, "y").names == ("a",)


def test_wide_tables_for_weight_decay():
    data = pd.DataFrame(RNG.normal(size=(5, 9)), columns=[*"abcdefgh", "y"])
    with pytest.raises(InputError, match="5 rows are too few for 8 features"):
        tabular.read_csv(data, "y")
    table = tabular.read_csv(data, "y", wide=True)
    assert table.values.shape == (5, 9)


# Signs that the caller names: what a column x of these cells becomes, or a refusal
TOLD = [
    ({"thousands": ","}, ["1,000", "2,500", "7"], [1000, 2500, 7]),
    ({"thousands": " "}, ["1,000", "2,500", "7"], [1, 2.5, 7]),
    ({"thousands": "'"}, ["1'000,5", "2,500", "7"], [1000.5, 2.5, 7]),
    ({"decimal": ","}, ["1,000", "2,500", "7"], [1, 2.5, 7]),
    (
        {"thousands": ","},
        ["1,000", "1,5", "7"],
        "line 3, column 'x': '1,5' is no number",
    ),
    ({"thousands": "."}, ["1 000,5", "2", "7"], "line 2, .* '1 000,5' is no number"),
    ({"decimal": "."}, ["1,5", "2", "7"], "'1,5' is no number with --decimal ."),
]


@pytest.mark.parametrize("told, cells, wanted", TOLD, ids=str)
def test_signs_that_are_told_hold_for_all_cells(tmp_path, told, cells, wanted):
    """A cell that they do not fit is no gap: its row would be lost in silence."""
    path = tmp_path / "a.csv"
    path.write_text("x;y\n" + "".join("%s;%d\n" % (c, i) for i, c in enumerate(cells)))
    if isinstance(wanted, str):
        with pytest.raises(InputError, match=wanted):
            tabular.read_csv(str(path), "y", **told)
    else:
        table = tabular.read_csv(str(path), "y", **told)
        assert table.features[:, 0].tolist() == wanted


CONTRADICTIONS = [
    ({"leave_out": ["y"]}, "--target and --leave-out both name 'y'"),
    ({"dates": ["k"], "leave_out": ["k"]}, "--dates and --leave-out both name 'k'"),
    ({"dates": ["k"], "categories": ["k"]}, "--dates and --categories both name 'k'"),
    ({"features": ["x"], "leave_out": ["x"]}, "--leave-out x: it is among"),
    ({"features": ["x"], "categories": ["k"]}, "--categories k: it is not among"),
    ({"features": ["x"], "dates": ["k"]}, "--dates k: it is not among"),
]


@pytest.mark.parametrize("told, text", CONTRADICTIONS, ids=str)
def test_contradictions_are_refused(told, text):
    with pytest.raises(InputError, match=text):
        tabular.read_csv(frame(k=KINDS), "y", **told)


def test_column_and_level_of_one_name_are_refused():
    """A prediction would take one for the other."""
    data = frame(a=np.repeat(["c", "b"], [35, 25])).assign(**{"a=b": Z**2})
    with pytest.raises(InputError, match="would both be named 'a=b'"):
        tabular.read_csv(data, "y")


def test_odd_notation_is_said(tmp_path):
    rows = "".join("1.%dD+02,\u2212%d\n" % (i, 3 * i + i % 2) for i in range(1, 9))
    (tmp_path / "a.csv").write_text("x,y\n" + rows, encoding="utf-8")
    table = tabular.read_csv(str(tmp_path / "a.csv"), "y")
    assert "values: x (1D2 is 100), y (\u22121 is -1)" in table.plan.said()
    assert table.values[0].tolist() == [110, -4]


@pytest.mark.parametrize("odd", ["7", "$7", "yes"])
def test_units_that_differ_are_no_guess(tmp_path, odd):
    path = str(tmp_path / "a.csv")
    cells = ["%d%%" % i for i in range(9)] + [odd]
    data = frame(k=KINDS)[:10].assign(k=cells)
    data.to_csv(path, index=False)
    said = "k ('0%' in line 2 and '{}' in line 11 are not of one kind)".format(odd)
    assert "left out: " + said in tabular.read_csv(path, "y").plan.said()
    with pytest.raises(InputError, match="are not of one kind; make them alike"):
        tabular.read_csv(path, "y", ["x", "k"])
    with pytest.raises(InputError, match="column 'k': '0%'"):
        tabular.read_csv(path, "k")
