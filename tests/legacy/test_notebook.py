"""Notebooks of an older time, from the first cell to the last."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

LECTURE = [
    "%matplotlib inline\nfrom IPython import display\nfrom mxnet import autograd, nd",
    "display.set_matplotlib_formats('svg')",
    "x = nd.array([[1, 2], [3, 4]])\nprint('loss %f' % x.mean().asnumpy())",
    "import numpy as np\nnp.array_equal(x, x), np.float(2)",
]


@pytest.fixture
def notebook(run, tmp_path):
    """Run a notebook of these cells; return the result and what was kept of it."""

    def call(cells, *args, before=()):
        cells = [
            {
                "cell_type": "code",
                "source": source,
                "metadata": {},
                "outputs": [],
                "execution_count": None,
            }
            for source in cells
        ]
        metadata = {"kernelspec": {"name": "conda_mxnet_p36", "display_name": "old"}}
        text = {"nbformat": 4, "nbformat_minor": 2, "metadata": metadata}
        path = tmp_path / "old.ipynb"
        path.write_text(json.dumps({**text, "cells": cells}))
        words = ["python", "-m", "linreg_gluon.legacy", *before, str(path), *args]
        call.again = lambda: run(*words)
        return call.again()

    return call


def lacks_formats():
    # In a process of its own: another test may have lent the name to this one.
    code = "import IPython.display as d; exit(hasattr(d, 'set_matplotlib_formats'))"
    return subprocess.call([sys.executable, "-c", code]) == 0


def test_lectures_kind_of_cells_run(notebook, tmp_path):
    out = tmp_path / "new.ipynb"
    result = notebook(LECTURE, "--out", str(out), before=["--report"])
    assert result.returncode == 0, result.stderr
    assert "all 4 cells ran" in result.stderr
    # What IPython still has (8.12 on Python 3.8 does) is not lent.
    assert lacks_formats() == ("set_matplotlib_formats  cell 2, line" in result.stderr)
    assert "numpy.float" not in result.stderr or "cell 4, line 2" in result.stderr
    kept = json.loads(out.read_text())["cells"]
    assert kept[2]["outputs"] == [
        {"name": "stdout", "output_type": "stream", "text": ["loss 2.500000\n"]}
    ]
    assert kept[3]["outputs"][0]["data"]["text/plain"] == ["(True, 2.0)"]


def test_failed_cell_is_named(notebook):
    result = notebook(["print(5)", "", "1 / 0", "print(6)"])
    assert result.returncode == 1
    assert "cell 2 of 3 failed: ZeroDivisionError" in result.stderr
    assert result.stdout.startswith("5\n") and "6\n" not in result.stdout


def test_cell_that_may_fail_is_not_the_one_named(notebook, tmp_path):
    notebook(["1 / 0", "int('x')"])
    path = tmp_path / "old.ipynb"
    kept = json.loads(path.read_text())
    kept["cells"][0]["metadata"]["tags"] = ["raises-exception"]
    path.write_text(json.dumps(kept))
    result = notebook.again()
    assert result.returncode == 1 and "cell 2 of 2 failed: ValueError" in result.stderr


def test_outputs_of_another_run_are_not_shown(notebook, tmp_path):
    notebook(["1 / 0", "print('new')"])
    path = tmp_path / "old.ipynb"
    kept = json.loads(path.read_text())
    stale = {"output_type": "stream", "name": "stdout", "text": ["stale\n"]}
    kept["cells"][1]["outputs"] = [stale]
    path.write_text(json.dumps(kept))
    assert "stale" not in notebook.again().stdout


def test_cell_that_ends_the_process_is_named(notebook, tmp_path):
    out = tmp_path / "new.ipynb"
    cells = ["print(5)", "import os; os._exit(3)", "print(6)"]
    result = notebook(cells, "--out", str(out))
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert "cell 2 of 3 failed: it ended the notebook's process" in result.stderr
    assert json.loads(out.read_text())["cells"][0]["outputs"][0]["text"] == ["5\n"]


@pytest.mark.parametrize("out, told", [("no/x.ipynb", "mkdir -p"), (".", "no file can")])
def test_place_that_cannot_be_written_is_told_before(notebook, tmp_path, out, told):
    ran = tmp_path / "ran"
    result = notebook([f"open({str(ran)!r}, 'w')"], "--out", str(tmp_path / out))
    assert result.returncode == 2 and told in result.stderr and not ran.exists()
    assert "Traceback" not in result.stderr


def test_load_ext_opens_the_door(run):
    pytest.importorskip("IPython")
    code = "%load_ext linreg_gluon.legacy\nimport mxnet, numpy\nprint(numpy.int)"
    words = "python", "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", code
    result = run(*words)
    assert result.stdout.endswith("<class 'int'>\n"), result.stderr


def test_not_a_notebook_is_told(run, tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text("{")
    result = run("python", "-m", "linreg_gluon.legacy", str(path))
    assert result.returncode == 2 and "is no notebook" in result.stderr
    assert "Traceback" not in result.stderr


def test_missing_tool_names_its_install(run, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys; sys.modules['nbclient'] = None"
    )
    words = sys.executable, "-m", "linreg_gluon.legacy", "x.ipynb"
    result = run(*words, env={"PYTHONPATH": str(tmp_path)})
    assert result.returncode == 2 and "pip install nbclient" in result.stderr
