"""Weight decay makes few rows and collinear columns well-posed, and auto finds it."""

from pathlib import Path

import numpy as np
import pytest
from conftest import told, trained

from linreg_gluon import Config, cli, fused, tabular, theory
from linreg_gluon.config import InputError
from linreg_gluon.kept import Keeping, going_on

SMALL = Path(__file__).parent / "small"
AUTO = "lr", "num_epochs", "weight_decay"
RNG = np.random.default_rng(4)


def to_the_end(X, y, auto=AUTO, **config):
    study = tabular.Experiment(tabular.Table.of(X, y))
    return study.train(fused.train, Config(**config), auto=auto)


def test_auto_is_the_best_of_leaving_out():
    X = RNG.normal(size=(40, 10))
    result = to_the_end(X, X[:, 0] + 2 * RNG.normal(size=40))
    search = theory.LeaveOneOut(*result.study.training)
    assert result.config.weight_decay == search.best() > 0
    kept, none = search.errors([search.best(), 0.0]) ** 0.5
    scale = result.study.units.label_scale
    line = "leaving each row out: RMSE %.6g at weight decay %.3g, RMSE %.6g without"
    shown = kept * scale, search.best(), none * scale
    assert line % shown in str(result) and result.ending.converged
    assert result.model().config.weight_decay == search.best()


def test_auto_goes_on_with_what_was_found(tmp_path):
    X, auto = RNG.normal(size=(40, 10)), {"auto": ("weight_decay",)}
    study = tabular.Experiment(tabular.Table.of(X, X[:, 0] + 2 * RNG.normal(size=40)))
    whole = study.train(fused.train, Config(num_epochs=4), **auto)
    prefix = str(tmp_path / "m")
    study.train(fused.train, Config(num_epochs=2), keeping=Keeping(prefix), **auto)
    later = study.train(
        fused.train, Config(num_epochs=4), keeping=going_on(prefix), **auto
    )
    assert np.array_equal(later.fit.w, whole.fit.w) and later.config.weight_decay > 0


def test_none_is_needed_and_said():
    X = RNG.normal(size=(300, 2))
    result = to_the_end(X, X @ [1, 2] + 0.1 * RNG.normal(size=300))
    if result.config.weight_decay == 0:
        assert "no weight decay makes it smaller" in str(result)
    X = np.column_stack([X, X[:, 0]])
    exact = to_the_end(X, X @ [1.0, 2.0, 0.0])
    assert exact.config.weight_decay == 0.0
    assert "no weight decay makes it smaller" in str(exact)


@pytest.mark.parametrize("decay", ["auto", "0.1"])
def test_fewer_rows_than_columns(path, decay):
    flags = ["--csv", SMALL / "n_below_d.csv", "--target", "y", "--lr", 0.3]
    run = told(*flags, "--epochs", 400, "--weight-decay", decay)
    study = cli.experiment(run)
    result = study.train(path.train, run.config, auto=run.auto)
    w, b = theory.ridge(*study.training, result.config.weight_decay)
    found = np.append(result.fit.w, result.fit.b)
    if decay != "auto":  # 1200 steps forget exp(-0.3 * 0.1 * 400) of the start
        assert np.abs(found - np.append(w, b)).max() < 1e-4
    assert "ridge regression" in str(result) and "nan" not in str(result)
    assert result.study.solution is None


def test_few_rows_without_decay_are_refused():
    with pytest.raises(InputError, match="fewer --features or --weight-decay"):
        tabular.read_csv(str(SMALL / "n_below_d.csv"), "y")
    with pytest.raises(InputError, match="too few"):
        tabular.read_csv(str(SMALL / "one_row.csv"), "y", wide=True)


def test_wide_table_is_read_when_decay_is_asked(tmp_path):
    file = tmp_path / "wide.csv"
    X = RNG.normal(size=(12, 600))
    y = X[:, 0] + RNG.normal(size=12)
    names = ",".join(["x%d" % i for i in range(600)] + ["y"])
    lines = [",".join(map(repr, row)) for row in np.column_stack([X, y]).tolist()]
    file.write_text("\n".join([names, *lines]) + "\n")
    flags = ["--csv", file, "--target", "y", "--weight-decay", 1]
    result = trained(fused, *flags, "--epochs", 3, "--lr", 1e-3)
    assert len(result.fit.w) == 600 and "ridge" in str(result)


def test_collinear_columns_share():
    # Named twice or alike, each bears its part: the ridge solution is unique.
    x = RNG.normal(size=100)
    result = to_the_end(
        np.column_stack([x, x]), 3 * x + RNG.normal(size=100), AUTO[:2], weight_decay=0.1
    )
    assert result.ending.converged and "ridge regression" in str(result)
    # the sum is known to a tenth of a standard error, 0.1; the halves from the start
    assert result.fit.w[0] == pytest.approx(result.fit.w[1], abs=0.05)
