"""Files as people bring them, one difficulty each: what is read, and what is said."""

import re
from pathlib import Path

import numpy as np
import pytest

from linreg_gluon import Config, fused, tabular, theory
from linreg_gluon.config import InputError

SMALL = Path(__file__).parent / "small"
COUNTED = np.arange(9.0)  # y = 2 x in most of the files
EVEN = np.column_stack([COUNTED, 2 * COUNTED])
GAPS = [[1, 3], [3, 7], [4, 9], [5, 11]]
GAP_SAID = ["4 of 5 rows used (1 has no number in x)"]

# file: (target, the first rows of the values or all, what is said beside the rows)
READ = {
    **{path.name: ("y", GAPS, GAP_SAID) for path in SMALL.glob("missing_as_*")},
    "header_with_spaces.csv": ("y", EVEN, []),
    "numbers_with_spaces.csv": ("y", EVEN, []),
    "fixed_width.csv": ("y", EVEN, ["read as: runs of blanks"]),
    "comment_lines.csv": (
        "y", [[1, 2], [2, 4]], ["read as: without line 1 ('# made by hand')"],
    ),
    "title_line_above_header.csv": (
        "y", [[1, 3.1]], ["read as: without line 1 ('Results of run 7')"],
    ),
    "trailing_comma_in_all.csv": (
        "y", EVEN, ["left out: column 3 (it has no name and is empty)"],
    ),
    "duplicate_column_names.csv": (
        "y", [[1, 2, 3], [2, 3, 5]], ["read as: the next x is x_2"],
    ),
    "same_column_twice.csv": ("y", [[0, 0], [1, 3]], ["left out: x2 (follows from x)"]),
    "Latin-1_header.csv": ("Länge", EVEN, ["read as: latin-1"]),
    "utf16_tabs.csv": ("y", EVEN, ["read as: tabs, utf-16"]),
    "decimal_comma_semicolon.csv": (
        "y", [[0.5, 0.25], [1.5, 2.25]], ["read as: semicolons, decimal comma"],
    ),
    "thousands.csv": ("y", [[1000, 0], [1100, 2]], ["values: x (1,000 is 1000)"]),
    "currency.csv": (
        "y", [[1000.5, 0], [1100.5, 2]], ["values: x (in $, 1,000 is 1000)"],
    ),
    "percent.csv": ("y", [[0, 0], [0.01, 2]], ["values: x (1% is 0.01)"]),
    "TRUE_FALSE.csv": ("y", [[0, 1, 0], [1, 0, 2]], ["values: flag (TRUE is 1)"]),
    "dates_iso.csv": ("y", [[0, 2], [1, 4]], ["days: d since 2024-01-01"]),
    "leading_zero_ids.csv": (
        "y", [[0, 0], [2, 4.1]], ["left out: id (an identifier: zeros lead its numbers)"],
    ),
    "scientific.csv": ("y", [[1e-9, 3e12]], []),
    "scales_1e-9_to_1e12.csv": ("y", [[0, 0, 0], [1e-9, 5e12, -6.9]], []),
    "quoted_numbers.csv": ("y", EVEN, []),
    "constant_column.csv": ("y", [[0, 0], [1, 3]], ["left out: c (constant)"]),
    "all_dummies_kept.csv": ("y", [[0, 0, 0], [1, 1, 7]], ["left out: b (follows from a)"]),
    "constant_target.csv": ("y", [[0, 5], [1, 5]], []),
    "near_0.csv": ("y", [[0.12573, 0.24606, 0.01005, -0.68662]], []),
    "exact_line.csv": ("y", [[1, 3], [2, 5]], []),
    "one_outlier_in_x.csv": ("y", [[1, 2, 3.1], [2, 4, 5.2]], []),
}  # fmt: skip
REFUSED = {
    "one_row.csv": ("y", "1 row .* too few for 1 feature and a bias; give at least 2"),
    "n_below_d.csv": ("y", "3 rows are too few for 4 features and a bias; give at le"),
    "target_typo.csv": ("yy", "no column 'yy' among x, y; did you mean 'y'?"),
}


@pytest.mark.parametrize("name", READ)
def test_is_read_and_said(name):
    target, wanted, said = READ[name]
    table = tabular.read_csv(str(SMALL / name), target)
    wanted = np.asarray(wanted, float)
    assert table.values[: len(wanted)].tolist() == wanted.tolist()
    lines = table.plan.said()
    assert lines[-len(said) or len(lines) :] == said
    assert len(table.values) == table.plan.used


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_one_line(name):
    target, text = REFUSED[name]
    with pytest.raises(InputError, match=text) as caught:
        tabular.read_csv(str(SMALL / name), target)
    assert "\n" not in str(caught.value)


def test_each_file_has_its_line():
    assert {path.name for path in SMALL.iterdir()} == {*READ, *REFUSED}


@pytest.mark.parametrize("name", sorted(n for n in READ if n.startswith("missing")))
def test_strict_refuses_gaps(name):
    with pytest.raises(InputError, match="line 3, column 'x'"):
        tabular.read_csv(str(SMALL / name), "y", strict=True)


def test_strict_names_all_gaps_at_once(tmp_path):
    file = tmp_path / "gaps.csv"
    file.write_text("a,b,y\n,2,3\n1,,3\n4,5,6\n7,8,NA\n")
    with pytest.raises(InputError) as caught:
        tabular.read_csv(str(file), "y", strict=True)
    line = str(caught.value)
    assert "3 faults" in line and "\n" not in line
    places = re.findall(r"line (\d), column '(\w)'", line)
    assert places == [("2", "a"), ("3", "b"), ("5", "y")]


def test_ids_are_used_when_named():
    table = tabular.read_csv(str(SMALL / "leading_zero_ids.csv"), "y", ["id", "x"])
    assert table.values[:3, 0].tolist() == [0, 1, 2]


def test_wide_is_refused_at_once(tmp_path):
    file = tmp_path / "wide.csv"
    rows = ["%s,%d" % (",".join(["1"] * 1500), i) for i in range(20)]
    names = ",".join(["x%d" % i for i in range(1500)] + ["y"])
    file.write_text("\n".join([names, *rows]) + "\n")
    with pytest.raises(InputError, match="20 rows are too few for 1500 feat") as caught:
        tabular.read_csv(str(file), "y")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["same_column_twice.csv", "all_dummies_kept.csv"])
def test_left_out_columns_cost_no_fit(name):
    file = str(SMALL / name)
    table = tabular.read_csv(file, "y")
    whole = np.genfromtxt(file, delimiter=",", skip_header=1)
    Z = np.column_stack([whole[:, :-1], np.ones(len(whole))])
    best = Z @ np.linalg.lstsq(Z, whole[:, -1], rcond=None)[0]
    found = theory.least_squares(table.features, table.labels)
    # float64 on a dozen rows of size 20
    assert np.allclose(table.features @ found.w + found.b, best, atol=1e-12)


def test_dates_have_a_slope_a_day():
    study = tabular.Experiment(tabular.read_csv(str(SMALL / "dates_iso.csv"), "y"))
    assert study.exact.w[0] == pytest.approx(2, abs=1e-12)
    result = study.train(fused.train, Config(lr=0.3, num_epochs=60, batch_size=11))
    # float32 parameters in units of sd
    assert result.learned.w[0] == pytest.approx(2, abs=1e-5)
