"""From a CSV file to a report: what training sees, what is printed, what is advised."""

import json
import math
import re

import numpy as np
import pytest
from conftest import complaints, told, trained

from linreg_gluon import cli, theory
from linreg_gluon.config import InputError
from linreg_gluon.tabular.advising import advice
from linreg_gluon.tabular.summary import summary

SCRIPTS = ["scripts/train_scratch.py", "scripts/train_gluon.py"]
RNG = np.random.default_rng(8)
AREA, AGE = RNG.uniform(20, 200, 300), RNG.uniform(0, 80, 300)
PRICE = 3000 * AREA - 500 * AGE + 20_000 + 9_000 * RNG.standard_normal(300)


@pytest.fixture
def houses(tmp_path):
    """Write 300 houses and return the file's name: a problem of unlike units."""
    return write(tmp_path / "houses.csv", area=AREA, age=AGE, price=PRICE)


def write(file, **columns):
    rows = "".join("%s\n" % ",".join(map(repr, row)) for row in zip(*columns.values()))
    file.write_text(",".join(columns) + "\n" + rows)
    return str(file)


def test_learns_least_squares(path, houses):
    flags = ["--csv", houses, "--target", "price", "--epochs", 300, "--lr", 0.003]
    result = trained(path, *flags)
    own, exact, units = result.learned, result.study.exact, result.study.units
    assert result.study.names == ("area", "age", "price")
    assert result.fit.w.dtype == np.float32
    # the jitter that theory gives for unit variances, five sd of it
    spread = 5 * theory.sgd_spread(result.config, exact.residual_sd)
    assert np.abs((own.w - exact.w) * units.scale).max() < spread
    assert np.allclose(exact.w, [3000, -500], atol=5 * exact.se_w.max())


def test_losses_are_in_own_units(path, houses):
    run, losses = told("--csv", houses, "--target", "price"), []
    study = cli.experiment(run)
    heard = {"on_epoch": lambda epoch, loss: losses.append(loss)}
    result = study.train(path.train, run.config, **heard)
    assert tuple(losses) == result.learned.losses
    assert losses[-1] == pytest.approx(result.metrics()["training"]["rmse"] ** 2 / 2)


def test_units_come_from_training_part(path, houses):
    flags = ["--csv", houses, "--target", "price", "--holdout", 0.25]
    study = trained(path, *flags).study
    assert len(study.training[1]) == 225 and len(study.held[1]) == 75
    # 225 float32 numbers near 1, each to 6e-8
    assert np.abs(study.training[0].mean(axis=0)).max() < 1e-6
    assert np.abs(study.held[0].mean(axis=0)).max() > 1e-3


def test_no_standardize_keeps_numbers(path, houses):
    flags = ["--csv", houses, "--target", "price", "--no-standardize", "--lr", 1e-6]
    study = trained(path, *flags).study
    assert np.array_equal(study.training[1], PRICE.astype(np.float32))


def test_synthetic_is_not_standardised(path, lecture):
    study = trained(path, "--dataset", "synthetic").study
    assert (
        np.array_equal(study.training[0], lecture[0])
        and study.training[1] is not lecture[1]
    )
    assert np.array_equal(study.training[1], lecture[1]) and study.exact is None


def test_dtype_float64(path, houses):
    flags = ["--csv", houses, "--target", "price", "--dtype", "float64"]
    result = trained(path, *flags)
    assert result.study.training[0].dtype == result.fit.w.dtype == np.float64


def test_report_names_and_numbers(path, houses):
    flags = ["--csv", houses, "--target", "price", "--holdout", 0.2]
    result = trained(path, *flags, "--epochs", 50)
    head, area, age, bias, training, held, least, advised = summary(result)
    heads = "learned|least squares|std error|95 % interval|t|p|off by"
    assert re.split("  +", head.strip()) == heads.split("|")
    name, learned, exact, error, interval, t, p, off = re.split("  +", area)
    assert name == "area" and float(exact) == pytest.approx(
        result.study.exact.w[0], rel=1e-5
    )
    assert float(learned) == pytest.approx(result.learned.w[0], rel=1e-5)
    wanted = abs(float(learned) - float(exact)) / result.study.exact.se_w[0]
    # learned and exact are printed to 6 digits: 0.01 of 3000, and se is about 10
    assert float(off) == pytest.approx(wanted, abs=0.02)
    assert age.startswith("age ") and bias.startswith("(bias) ")
    assert re.match(r"training: RMSE \S+, R2 0\.99\d+ \(240 rows\)", training)
    assert re.match(r"held out: RMSE \S+, R2 0\.99\d+ \(60 rows\)", held)
    assert re.match(r"least squares: .* F \S+ on 2 and 237, p <1e-16", least)
    assert "least squares" in advised


ADVICE = [
    (["--epochs", 2], "More epochs would help"),
    (["--batch-size", 2, "--lr", 0.4], "A smaller --lr or a larger --batch-size"),
    (["--epochs", 60, "--batch-size", 300, "--lr", 0.5], "closer than the data"),
]


@pytest.mark.parametrize("flags, text", ADVICE)
def test_advice_fits_cause(path, houses, flags, text):
    result = trained(path, "--csv", houses, "--target", "price", *flags)
    assert text in advice(result)


def test_advised_epochs_are_enough(path, houses):
    flags = ["--csv", houses, "--target", "price", "--batch-size", 300, "--lr", 0.5]
    result = trained(path, *flags, "--epochs", 2)
    epochs = re.search(r"--epochs (\d+)", advice(result)).group(1)
    result = trained(path, *flags, "--epochs", epochs)
    assert "closer than the data" in advice(result)


def test_odd_columns_are_noted(path, tmp_path):
    columns = dict(a=AREA, b=AGE, c=2 * AREA - AGE, d=0 * AREA + 3, y=PRICE)
    file = write(tmp_path / "odd.csv", **columns)
    result = trained(path, "--csv", file, "--target", "y", "--strict")
    lines = summary(result)
    assert lines[0] == "note: column d is constant: its coefficient is not unique"
    assert lines[1] == "note: column c follows from a, b: its coefficient is not unique"
    assert result.study.exact is None and np.isfinite(result.fit.w).all()


def test_constant_target_is_noted(path, tmp_path):
    file = write(tmp_path / "flat.csv", a=AREA, y=0 * AREA + 7)
    result = trained(path, "--csv", file, "--target", "y", "--holdout", 0.1)
    lines = summary(result)
    assert "the target y is constant" in lines[0]
    assert "R2 not defined" in lines[-3] and "R2 not defined" in lines[-2]


def test_fewest_rows_have_no_errors_to_give(path, tmp_path):
    file = write(tmp_path / "two.csv", a=[1.0, 2.0], y=[3.0, 5.0])
    result = trained(path, "--csv", file, "--target", "y")
    lines = summary(result)
    assert lines[0].split() == "learned least squares".split()
    assert "no residual" in lines[-1] and "standard errors" not in lines[-1]


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_trains_on_csv(run, houses, tmp_path, script):
    picture, file = tmp_path / "a.png", tmp_path / "a.json"
    flags = ["--csv", houses, "--target", "price", "--features", "age,area"]
    flags += ["--holdout", "0.2", "--epochs", "30", "--plot", picture, "--json", file]
    result = run("python", script, *flags)
    assert (result.returncode, complaints(result.stderr)) == (0, [])
    assert "held out: RMSE" in result.stdout and "(60 rows)" in result.stdout
    saved = json.loads(file.read_text())
    assert saved["columns"] == ["age", "area", "price"] and saved["true"] is None
    assert saved["learned"]["w"] == pytest.approx([-500, 3000], rel=0.1)
    assert set(saved["metrics"]) == {"training", "held out"}
    assert set(saved["stages"]) == {"read", "prepare", "train"}
    assert picture.read_bytes().startswith(b"\x89PNG")


BAD_FLAGS = [
    (["--csv", "houses.csv"], "--csv needs --target COLUMN"),
    (["--target", "price"], "--target and --features need --csv FILE"),
    (["--features", "a"], "--target and --features need --csv FILE"),
    (
        ["--holdout", "1"],
        "argument --holdout: '1' is not a share of at least 0 and below 1",
    ),
    (["--holdout", "0.999999"], "holdout 0.999999 of 1000 rows leaves none"),
    (["--csv", "a.csv", "--target", "y", "--noise", "1"], "leave out --noise"),
    (["--csv", "a", "--target", "y", "--dataset", "lecture"], "leave out --dataset"),
    (["--dtype", "float16"], "argument --dtype: invalid choice: 'float16'"),
]


@pytest.mark.parametrize("flags, text", BAD_FLAGS)
def test_bad_flags_are_named(flags, text):
    with pytest.raises((cli.UsageError, InputError), match=re.escape(text)):
        cli.experiment(told(*flags))


def test_holdout_leaves_enough_rows(houses):
    flags = ["--csv", houses, "--target", "price", "--holdout", "0.995"]
    with pytest.raises(InputError, match="--holdout 0.995 leaves 2 rows to train on"):
        cli.experiment(told(*flags))


SIX = "area,rooms,price\n50,2,110\n70,3,150\n80,3,178\n100,4,205\n"
SIX += "120,4,262\n150,5,300\n"


def test_a_start_left_in_the_bias_asks_for_epochs(path, tmp_path):
    # In their own units the bias is what three epochs leave far away; of jitter six
    # rows in one batch have none.
    (tmp_path / "six.csv").write_text(SIX)
    flags = ["--csv", tmp_path / "six.csv", "--target", "price", "--lr", 0.03]
    result = trained(path, *flags, "--epochs", 3)
    found = re.search(r"More epochs .* --epochs (\d+)", advice(result))
    again = trained(path, *flags, "--epochs", found.group(1))
    assert "closer than the data" in advice(again)


def test_eight_weak_columns_are_not_close_together(path, tmp_path):
    # Each within 2 standard errors of 0, all together far from what chance does.
    Q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((200, 9)))
    X = (Q[:, :8] - Q[:, :8].mean(axis=0)) * math.sqrt(200)
    noise = np.random.default_rng(1).standard_normal(200)
    noise -= X @ np.linalg.lstsq(X, noise, rcond=None)[0]
    columns = {"x%d" % i: X[:, i] for i in range(8)}
    y = X.sum(axis=1) * 1.9 / math.sqrt(200) + noise
    file = write(tmp_path / "weak.csv", **columns, y=y)
    flags = ["--csv", file, "--target", "y", "--lr", 1e-5, "--epochs", 1]
    result = trained(path, *flags)
    assert "closer than" not in advice(result) and "More epochs" in advice(result)
