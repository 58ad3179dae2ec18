"""--log-target: trained on the logarithm, predicted back with the smearing factor."""

import csv
import json
import warnings

import numpy as np
import pytest

from linreg_gluon import Config, fused, tabular
from linreg_gluon.config import InputError
from linreg_gluon.kept import Keeping, going_on, load

RNG = np.random.default_rng(7)
X = RNG.normal(size=(300, 2))
NOISE = 0.8 * RNG.standard_normal(300)
PRICE = np.exp(X @ [0.5, -0.3] + 4 + NOISE)


@pytest.fixture
def file(tmp_path):
    rows = "".join("%r,%r,%r\n" % row for row in zip(*X.T, PRICE))
    (tmp_path / "a.csv").write_text("a,b,price\n" + rows)
    return str(tmp_path / "a.csv")


@pytest.fixture
def study(file):
    return tabular.Experiment(tabular.read_csv(file, "price"), log_target=True)


@pytest.fixture
def result(study):
    return study.train(fused.train, Config(lr=0.1, num_epochs=40, batch_size=50))


def test_logarithm_is_what_is_learned(file, study, result):
    data = tabular.read_csv(file, "price")
    exact = np.linalg.lstsq(np.column_stack([X, np.ones(300)]), np.log(PRICE), rcond=None)[0]
    assert np.allclose(np.append(study.exact.w, study.exact.b), exact)
    # SGD's jitter at this rate, a few thousandths
    assert np.allclose(np.append(result.learned.w, result.learned.b), exact, atol=0.02)
    assert np.array_equal(data.labels, PRICE)  # the table is as it was


def test_smearing_factor_is_duans(result):
    own = result.learned
    linear = X @ own.w + own.b
    factor = np.mean(np.exp(np.log(PRICE) - linear))
    model = result.model()
    # float32 residuals of 300 rows
    assert model.smearing == pytest.approx(factor, rel=1e-5)
    assert result.predict(X) == pytest.approx(np.exp(linear) * factor, rel=1e-5)
    # Without it the mean of what is predicted is exp(-0.8^2 / 2), 27 %, too low.
    assert result.predict(X).mean() == pytest.approx(PRICE.mean(), rel=0.1)
    assert np.exp(linear).mean() < 0.8 * PRICE.mean()


def test_it_is_said(result):
    text = str(result)
    assert "of log(price)" in text and "of price" in text
    assert "smearing factor %.4g" % result.model().smearing in text
    assert "--log-target may" not in text
    assert result.record()["log_target"]["smearing"] == result.model().smearing
    scale = result.record()["log_target"]["training"]
    rss = ((PRICE - result.predict(X)) ** 2).sum()
    assert scale["r2"] == pytest.approx(1 - rss / ((PRICE - PRICE.mean()) ** 2).sum(), abs=1e-4)
    assert scale["rmse"] == pytest.approx((rss / 300) ** 0.5, rel=1e-4)
    assert [a.get_xlabel() for a in result.figure().axes][:1] == ["actual log(price)"]


def test_kept_model_predicts_on_the_scale(result, tmp_path):
    result.save(str(tmp_path / "m"))
    assert load(str(tmp_path / "m")).predict(X) == pytest.approx(result.predict(X))
    assert json.loads((tmp_path / "m.json").read_text())["version"] == 3


def test_intervals_hold_their_share(result):
    rows = RNG.normal(size=(4000, 2))
    new = np.exp(rows @ [0.5, -0.3] + 4 + 0.8 * RNG.standard_normal(4000))
    model, names = result.model(), {"a": rows[:, 0], "b": rows[:, 1]}
    found = tabular.predict(model, tabular.rows_of(model, names), interval=0.9)
    inside = np.mean((found.low < new) & (new < found.high))
    # sd of the share of 4000 is 0.5 %, and the intervals rest on 300 rows: 4 % of sigma
    assert abs(inside - 0.9) < 0.04 and (found.low > 0).all()


def test_going_on_needs_the_same_scale(file, study, tmp_path):
    prefix = str(tmp_path / "m")
    study.train(fused.train, Config(num_epochs=2), keeping=Keeping(prefix))
    plain = tabular.Experiment(tabular.read_csv(file, "price"))
    with pytest.raises(InputError, match="log_target was True and is now False"):
        plain.train(fused.train, Config(num_epochs=3), keeping=going_on(prefix))
    later = study.train(fused.train, Config(num_epochs=3), keeping=going_on(prefix))
    whole = study.train(fused.train, Config(num_epochs=3))
    assert np.array_equal(later.fit.w, whole.fit.w)


@pytest.mark.parametrize("value", ["0", "-3.5"])
def test_target_without_logarithm_is_named(value, file):
    with open(file) as text:
        lines = text.read().splitlines()
    lines[7] = "1,2," + value
    lines[9] = "1,NA,5"
    lines[20] = "1,2,-1"
    with open(file, "w") as text:
        text.write("\n".join(lines) + "\n")
    with pytest.raises(InputError) as caught:
        tabular.Experiment(tabular.read_csv(file, "price"), log_target=True, holdout=0.5)
    line = str(caught.value)
    assert line.startswith(f"{file}, line 8, column 'price': {value} has no logarithm")
    assert "2 rows" in line and "\n" not in line


def test_script_and_predict_speak_of_it(file, run, tmp_path):
    flags = ["--csv", file, "--target", "price", "--save-prefix", tmp_path / "m"]
    flags += ["--epochs", 5, "--log-target", "--export", tmp_path / "e"]
    done = run("python", "scripts/train_fused.py", *flags)
    assert done.returncode == 0 and "losses below are of log(price)" in done.stdout
    out = tmp_path / "p.csv"
    flags = ["--model", tmp_path / "m", "--csv", file, "--out", out, "--interval", 0.5]
    done = run("python", "scripts/predict.py", *flags)
    factor = load(str(tmp_path / "m")).smearing
    assert "smearing factor %.4g" % factor in done.stderr
    row = next(csv.DictReader(out.read_text().splitlines()))
    low, high = float(row["predicted_price_low"]), float(row["predicted_price_high"])
    own = load(str(tmp_path / "m"))
    assert low < float(row["predicted_price"]) < high
    assert float(row["predicted_price"]) == pytest.approx(own.predict(X[:1])[0], rel=1e-5)
    # --resume remembers it
    more = ["--csv", file, "--resume", tmp_path / "m", "--epochs", 6]
    done = run("python", "scripts/train_fused.py", *more)
    assert done.returncode == 0 and "of log(price)" in done.stdout


def test_export_predicts_on_the_scale(result, tmp_path):
    from linreg_gluon.compat import mx

    result.export(str(tmp_path / "e"))
    prefix = str(tmp_path / "e")
    files = prefix + "-symbol.json", ["data"], prefix + "-0000.params"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MXNet's: it cannot tell the input's type
        net = mx.gluon.SymbolBlock.imports(*files)
    found = net(mx.nd.array(X.astype("f"))).asnumpy()[:, 0]
    assert found == pytest.approx(result.predict(X), rel=1e-5)  # float32
