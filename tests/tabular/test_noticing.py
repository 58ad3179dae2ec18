"""What is noticed about data, with the lines of the file; and nothing where all is well."""

import gzip
from pathlib import Path

import numpy as np
import pandas
import pytest

from linreg_gluon import Config, fused, tabular
from linreg_gluon.tabular.noticing import far_rows, farthest, skewness

SMALL = Path(__file__).parent / "small"
RNG = np.random.default_rng(2)


def notes(table, **options):
    return tabular.Experiment(table, **options).warnings


def frame(n=200, **columns):
    x, z = RNG.normal(size=(2, n))
    return pandas.DataFrame({"x": x, "z": z, "y": x + RNG.normal(size=n), **columns})


def read(frame, path, **told):
    frame.to_csv(str(path), index=False, na_rep="NA")
    return tabular.read_csv(str(path), "y", **told)


def test_ordinary_data_are_passed_over(tmp_path):
    flag = (np.arange(200) == 7).astype(float)  # one row of a kind is no outlier
    assert notes(read(frame(flag=flag), tmp_path / "a.csv")) == ()


def test_outlier_is_named_by_its_line():
    (line,) = notes(tabular.read_csv(str(SMALL / "one_outlier_in_x.csv"), "y"))
    lines = (SMALL / "one_outlier_in_x.csv").read_text().splitlines()
    (at,) = [i for i, text in enumerate(lines, 1) if text.startswith("100000,")]
    assert line.endswith("from the rest: x (100000 in line %d)" % at)


@pytest.mark.parametrize("kind", ["csv", "gz", "frame", "arrays", "xlsx"])
def test_row_is_found_behind_gaps_and_holdout(kind, tmp_path):
    data = frame(note=["a", "b"] * 100)
    data.loc[[3, 50, 120], ["x"]] = np.nan
    data.loc[60, "note"] = np.nan
    data.loc[150, "z"] = 77.0
    if kind == "frame":
        table, where = tabular.read_csv(data, "y"), "row 150"
    elif kind == "arrays":
        numbers = data[["x", "z", "y"]].dropna().to_numpy()
        table = tabular.Table.of(numbers[:, :2], numbers[:, 2])
        where = "row 147"
    elif kind == "xlsx":
        data.to_excel(str(tmp_path / "a.xlsx"), index=False)
        table, where = tabular.read_csv(str(tmp_path / "a.xlsx"), "y"), "row 152"
    else:
        table, where = read(data, tmp_path / "a.csv"), "line 153"
        file = tmp_path / "a.csv"
        file.write_text("A title\n" + file.read_text())
        if kind == "gz":
            file = tmp_path / "a.csv.gz"
            with gzip.open(str(file), "wt") as packed:
                packed.write((tmp_path / "a.csv").read_text())
        table = tabular.read_csv(str(file), "y")
    for holdout in (0.0, 0.1):
        (line,) = notes(table, holdout=holdout, seed=1)
        assert line.endswith(f"(77 in {where})"), line


def test_residual_is_named_where_columns_are_not(tmp_path):
    x = np.linspace(0, 100, 200)
    y = x + RNG.normal(size=200)
    y[9] += 12  # nothing beside the spread of y, much beside the noise
    table = read(pandas.DataFrame({"x": x, "y": y}), tmp_path / "a.csv")
    (line,) = notes(table)
    assert "the residual of y (" in line and line.endswith(" in line 11)")


def test_many_outliers_are_counted(tmp_path):
    data = frame(2000, w=RNG.normal(size=2000))
    for j, column in enumerate("xzwy"):
        rows = np.arange(10, 13 + j)
        data.loc[rows, column] = 90 + j + rows
    (line,) = notes(read(data, tmp_path / "a.csv"))
    assert "x (102 in line 14, 101 in line 13 and 1 more row)" in line
    assert "z (104 in line 15, 103 in line 14 and 2 more rows)" in line
    assert line.endswith("and 2 more") and "\n" not in line  # y, its residual


def test_six_is_counted_in_sd_of_the_others():
    for n in (10, 50, 5000):
        rest = np.append(np.ones(n // 2), -np.ones(n // 2))
        sd = np.sqrt(n / (n - 1))  # of the rest, divisor n - 1
        for off, found in ((5.99, []), (6.01, [n])):
            # from the mean of the others, whose own spread adds 1 / n
            column = np.append(rest, off * sd * np.sqrt(1 + 1 / n))
            mean, limit = column.mean(), farthest(n + 1) * column.std()
            assert far_rows(column, mean, limit).tolist() == found


SKEWED = [
    (np.exp, True),
    (lambda z: np.exp(z) - 0.5, False),  # not positive
    (lambda z: z + 10, False),  # not skewed
    (lambda z: np.exp(z / 5), False),  # hardly
]


@pytest.mark.parametrize("change, said", SKEWED)
def test_skewed_target_is_offered_its_logarithm(change, said, tmp_path):
    data = frame(2000)
    data["y"] = change(RNG.normal(size=2000))
    found = [line for line in notes(read(data, tmp_path / "a.csv")) if "--log" in line]
    assert len(found) == said


def test_skewness_is_the_third_moment():
    assert skewness(np.array([0, 0, 0, 1.0])) == pytest.approx(2 / np.sqrt(3))
    assert skewness(np.ones(5)) == 0


def test_near_repeats_are_named():
    result = tabular.Experiment(tabular.read_csv(str(SMALL / "near_0.csv"), "y"))
    (line,) = result.warnings
    assert line.startswith("x, q nearly repeat each other (condition number 99")


def test_notes_are_printed_before_the_coefficients(tmp_path):
    study = tabular.Experiment(tabular.read_csv(str(SMALL / "near_0.csv"), "y"))
    result = study.train(fused.train, Config(num_epochs=1))
    assert str(result).startswith("note: x, q nearly repeat each other")
    assert "<p>note: x, q nearly" in result._repr_html_()
