"""predict.py on good files, and every bad file and model: one line, exit status 2."""

import csv
import os
import runpy
import shutil
import sys

import numpy as np
import pytest
from conftest import ROOT
from test_saving import DAMAGE
from test_table import BAD

from linreg_gluon import Config, Fit
from linreg_gluon.kept import Model, save
from linreg_gluon.kept import Units

MODEL = Model(
    Fit(np.array([2, -0.5], np.float32), 1.0), Config(), ("a", "b", "y"), Units.own(2)
)


@pytest.fixture
def script(monkeypatch, capsys, tmp_path):
    """Run a script in this process, in tmp_path; return (status, stdout, stderr)."""

    def call(name, *flags):
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(str(ROOT / "scripts"))
        monkeypatch.setattr(sys, "argv", [name, *map(str, flags)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(ROOT / "scripts" / name), run_name="__main__")
        return (ended.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def model(tmp_path):
    """A saved model of y = 2 a - b / 2 + 1, in a folder of its own."""
    folder = tmp_path / "out"
    folder.mkdir()
    save(str(folder / "model"), MODEL)
    return "out/model"


def wrote(tmp_path, content, name="new.csv"):
    (tmp_path / name).write_bytes(content)
    return name


FORMS = {
    "columns by name": (b"b,a\n4,1\n", "b,a,predicted_y\n4,1,1\n"),
    "others kept": (
        b'id,a,b,y\n"x, ""1""",1,4,\n007,0,2,9\n',
        'id,a,b,y,predicted_y\n"x, ""1""",1,4,,1\n007,0,2,9,0\n',
    ),
    "tabs": (b"a\tb\n1\t4\n", "a\tb\tpredicted_y\n1\t4\t1\n"),
    "bom and crlf": (b"\xef\xbb\xbfa,b\r\n1,4\r\n", "a,b,predicted_y\n1,4,1\n"),
    "blank lines": (b"a,b\n\n1,4\n\n0,0", "a,b,predicted_y\n1,4,1\n0,0,1\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_predicts_every_form(script, model, tmp_path, form):
    content, wanted = FORMS[form]
    file = wrote(tmp_path, content)
    result = script("predict.py", "--model", model, "--csv", file)
    assert result == (0, wanted, "")
    flags = ["--model", model, "--csv", file, "--out", "predictions.csv"]
    assert script("predict.py", *flags) == (0, "", "")
    assert (tmp_path / "predictions.csv").read_text() == wanted


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_script_predicts_what_was_learned(script, tmp_path, dtype):
    X = np.random.default_rng(1).standard_normal((50, 2)) + [1e3, 0]
    rows = ["%r,%r,%r\n" % (a, b, 3 * a - b) for a, b in X.tolist()]
    file = wrote(tmp_path, ("a,b,y\n" + "".join(rows)).encode())
    flags = ["--csv", file, "--target", "y", "--save-prefix", "model", "--quiet"]
    flags += ["--epochs", 100, "--lr", 0.5, "--batch-size", 50, "--dtype", dtype]
    assert script("train_gluon.py", *flags) == (0, "", "")
    flags = ["--model", "model", "--csv", file, "--out", "out.csv"]
    assert script("predict.py", *flags) == (0, "", "")
    found = [
        list(map(float, cells[2:]))
        for cells in csv.reader((tmp_path / "out.csv").read_text().splitlines()[1:])
    ]
    actual, predicted = np.transpose(found)
    # labels of size 3000 have a spread of 3: float32 keeps 7 digits of the spread
    assert np.abs(predicted - actual).max() < (1e-3 if dtype == "float32" else 1e-9)


def refused(result, tmp_path, before):
    """Return the one line of a refused run, after checking that nothing was written."""
    status, output, errors = result
    (line,) = errors.splitlines()
    assert (status, output) == (2, "") and "Traceback" not in line
    assert sorted(map(str, tmp_path.rglob("*"))) == before
    return line


@pytest.mark.parametrize("fault", BAD)
def test_bad_csv_trains_nothing(script, tmp_path, fault):
    content, text = BAD[fault]
    file = wrote(tmp_path, content)
    before = sorted(map(str, tmp_path.rglob("*")))
    flags = ["--csv", file, "--target", "y", "--save-prefix", "m", "--json", "m.j"]
    flags.append("--strict")
    line = refused(script("train_scratch.py", *flags), tmp_path, before)
    assert line.startswith("train_scratch.py: new.csv") and text in line


# (what the file holds, what the one line must name); the model wants a and b
BAD_NEW = {
    "column missing": (b"a,c\n1,2\n", "new.csv: there is no column 'b' among a, c"),
    "no rows": (b"a,b\n", "new.csv: has a header but no rows"),
    "text": (
        b"a,b\n1,2\n1,red\n",
        "new.csv, line 3, column 'b': 'red' is not a number",
    ),
    "gap": (b"a,b\n,2\n", "new.csv, line 2, column 'a' has no value"),
    "inf": (b"a,b\ninf,2\n", "line 2, column 'a' has no value"),
    "too large": (b"a,b\n1e999,2\n", "line 2, column 'a'"),
    "ragged": (
        b"a,b,c\n1,2,3\n1,2\n",
        "new.csv, line 3: 2 cells, but the header has 3",
    ),
    "name taken": (b"a,b,predicted_y\n1,2,3\n", "column 'predicted_y' already"),
}


@pytest.mark.parametrize("fault", BAD_NEW)
def test_bad_csv_predicts_nothing(script, model, tmp_path, fault):
    content, text = BAD_NEW[fault]
    file = wrote(tmp_path, content)
    before = sorted(map(str, tmp_path.rglob("*")))
    flags = ["--model", model, "--csv", file, "--out", "p.csv", "--strict"]
    assert text in refused(script("predict.py", *flags), tmp_path, before)


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["predict.py", "train_gluon.py"])
def test_bad_model_is_refused(script, model, tmp_path, name, damage):
    ending, change, text = DAMAGE[damage]
    file, new = tmp_path / (model + ending), wrote(tmp_path, b"a,b\n1,2\n")
    old = file.read_bytes()
    file.unlink()
    if change is not None:
        file.write_bytes(change(old) if callable(change) else change)
    before = sorted(map(str, tmp_path.rglob("*")))
    flags = ["--model", model, "--csv", new, "--out", "p.csv"]
    if name != "predict.py":
        flags = ["--resume", model, "--epochs", 9]
    line = refused(script(name, *flags), tmp_path, before)
    assert line.startswith("%s: %s%s" % (name, model, ending)) and text in line


def test_missing_folder_is_refused(script, model, tmp_path):
    file = wrote(tmp_path, b"a,b\n1,2\n")
    shutil.rmtree(str(tmp_path / "out"))
    before = sorted(map(str, tmp_path.rglob("*")))
    line = refused(
        script("predict.py", "--model", model, "--csv", file), tmp_path, before
    )
    assert line == "predict.py: %s.json: there is no such model; " % model + (
        "name what --save-prefix was given"
    )


@pytest.mark.parametrize("flags", [["--save-prefix", "no/m"], ["--export", "no/m"]])
def test_unwritable_prefix_is_refused(script, tmp_path, flags):
    line = refused(script("train_scratch.py", *flags), tmp_path, [])
    assert "there is no folder no; type  mkdir -p no" in line


def test_predict_needs_no_mxnet(run, model, tmp_path):
    file = tmp_path / wrote(tmp_path, b"a,b\n1,4\n")
    code = "import sys; sys.modules['mxnet'] = None; sys.path.insert(0, 'scripts')\n"
    code += "import runpy; sys.argv[0] = 'predict.py'\n"
    code += "runpy.run_path('scripts/predict.py', run_name='__main__')"
    flags = ["--model", os.path.join(str(tmp_path), model), "--csv", file]
    result = run("python", "-c", code, *flags)
    assert (result.stdout, result.stderr) == ("a,b,predicted_y\n1,4,1\n", "")
