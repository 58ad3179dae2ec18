"""What tries old notebooks and packages: how it reads a book and what came of a run."""

import json

import old_notebooks
import old_programs
import pytest

CHAPTER = """Words.

```{.python .input  n=1}
%matplotlib inline
from mxnet import nd
```

```{.python .input}
#@tab mxnet
x = nd.ones(2)
```

```{.python .input}
#@tab pytorch
x = torch.ones(2)
```

```{.python .input}
#@tab mxnet, tensorflow
y = 2 * x
```
"""


def test_cells_for_mxnet_are_a_chapters_notebook(tmp_path):
    chapter = tmp_path / "d2l-en" / "chapter_linear-networks" / "one.md"
    chapter.parent.mkdir(parents=True)
    chapter.write_text(CHAPTER)
    ((name, path),) = old_notebooks.notebooks(tmp_path)
    assert name == "d2l-en/one" and path == chapter.with_suffix(".ipynb")
    sources = [cell["source"] for cell in json.loads(path.read_text())["cells"]]
    first = "%matplotlib inline\nfrom mxnet import nd"
    assert sources == [first, "x = nd.ones(2)", "y = 2 * x"]


def test_notebook_without_code_is_left_out(tmp_path):
    book = tmp_path / "mxnet-the-straight-dope" / "chapter02_supervised-learning"
    book.mkdir(parents=True)
    words = {"cell_type": "markdown", "source": ["Words."], "metadata": {}}
    old_notebooks.write(book / "environment.ipynb", [words])
    assert not list(old_notebooks.notebooks(tmp_path))
    old_notebooks.write(book / "perceptron.ipynb", [words, old_notebooks.cell("1")])
    ((name, _),) = old_notebooks.notebooks(tmp_path)
    assert name == "mxnet-the-straight-dope/perceptron"


def output(text):
    return {"output_type": "stream", "text": [text]}


def code(*cells):
    return [{"source": [s], "outputs": list(out)} for s, *out in cells]


ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'x'"}


def test_progress_ends_at_the_first_error():
    cells = code(("1", output("1")), ("x", ERROR), ("2", output("kept of old")))
    assert old_notebooks.progress(cells) == [1, 3, "KeyError: 'x'"]
    assert old_notebooks.progress(cells[:1]) == [1, 1, ""]
    assert old_notebooks.progress([])[2] == "did not end"


def test_losses_are_the_lectures_problems_alone(monkeypatch):
    monkeypatch.setattr(old_notebooks.report, "ranges_at", lambda lr, which: [lr] * 3)
    data = "labels += nd.random.normal(scale=0.01, shape=labels.shape)"
    printed = "".join(f"epoch {i}, loss 0.0{i}\n" for i in (1, 2, 3))
    for rate in "lr = 0.1  # Learning rate", "{'learning_rate': 0.1}":
        told = old_notebooks.losses(code((data,), (rate, output(printed))))
        assert told["printed"] == ["0.01", "0.02", "0.03"]
        assert (told["lr"], told["expected"]) == ("0.1", [0.1] * 3)
        assert told["data"] == "the lecture's"
        assert old_notebooks.losses(code((rate, output(printed)))) is None


def test_losses_on_other_data_have_their_own_ranges(monkeypatch):
    monkeypatch.setattr(old_notebooks.report, "SHUFFLES", 20)
    data = "features, labels = d2l.synthetic_data(true_w, true_b, 1000)"
    printed = "".join(f"epoch {i}, loss 0.0{i}\n" for i in (1, 2, 3))
    told = old_notebooks.losses(code((data,), ("lr = 0.03", output(printed))))
    assert told["data"] == "its own"
    # a hundredth of noise, half of its square: 5e-5, within 1000 examples' spread
    low, high = told["expected"][2]
    assert 4.4e-5 < low < 5e-5 < high < 5.6e-5


@pytest.mark.parametrize("low, within", [(0.04, 3), (0.0405, 3), (0.0407, 2)])
def test_within_counts_half_a_digit(low, within):
    ranges = [(low, 0.05), (0, 1), (0, 1)]
    cells = old_notebooks.compared("0.1", ["0.040", "0.5", "0.5"], ranges)
    assert cells[-1] == f"{within} of 3"


@pytest.mark.parametrize(
    "text, told",
    [
        ("x\nValueError: a|b\n\n", "ValueError: a/b"),
        ("requests.exceptions.ConnectionError: host", "a download"),
        ("", ""),
    ],
)
def test_last_names_the_error(text, told):
    assert old_programs.last(text) == told
