"""Try the books' notebooks of MXNet's time, for old_programs.py.

A checkout of each book is wanted, under the name of its repository: of d2l-en the
branch classic, of d2l-zh v1. What is Markdown there is made a notebook, beside it, of
its cells for MXNet. A folder ``packages`` in a checkout stands first on the path.
"""

import json
import os
import re
from pathlib import Path

import numpy

from linreg_gluon import Config, fused, synthetic_data
from linreg_gluon.lecture import report

BOOKS = {
    "berkeley-stat-157": ["slides/1_31/*.ipynb", "slides/2_7/mlp-*.ipynb"],
    "d2l-en": ["chapter_linear-networks/*.md", "chapter_multilayer-perceptrons/*.md"],
    "d2l-zh": ["chapter_deep-learning-basics/*.md"],
    "mxnet-the-straight-dope": [
        "chapter02_supervised-learning/*.ipynb",
        "chapter03_deep-neural-networks/*.ipynb",
    ],
}
CELL = re.compile(r"^```\{\.python \.input[^\n]*\}\n(.*?)^```", re.S | re.M)
DOOR = ["-m", "linreg_gluon.legacy"]
PLAIN = """import nbclient, nbformat, sys
book = nbformat.read(sys.argv[1], 4)
book.metadata["kernelspec"] = {"name": "python3", "display_name": "3"}
try:
    nbclient.NotebookClient(book, kernel_name="python3", timeout=None,
        startup_timeout=600).execute()
finally:
    nbformat.write(book, sys.argv[2])
"""
# In place of a download of (Fashion-)MNIST, the images of which are made up: each class
# is a pattern of its own under noise, so that training learns, and what asserts holds.
MADE_UP = """import numpy, mxnet
def get_data(self):
    draw = numpy.random.RandomState(0 if self._train else 1)
    label = draw.randint(0, 10, 6000 if self._train else 1000).astype("int32")
    # dark but for a part, as the real ones: on bright ones dropout's network learns not
    pattern = numpy.random.RandomState(2).randint(-300, 200, (10, 28, 28, 1)).clip(0)
    image = pattern[label] + draw.randint(0, 20, (len(label), 28, 28, 1))
    array = mxnet.np.array if mxnet.util.is_np_array() else mxnet.nd.array
    self._data, self._label = array(image, dtype="uint8"), label
def get_mnist(*_):
    sets = [mxnet.gluon.data.vision.MNIST(train=train) for train in (True, False)]
    data = [s._data.astype("float32").transpose((0, 3, 1, 2)).asnumpy() for s in sets]
    return dict(train_data=data[0] / 255, train_label=sets[0]._label,
                test_data=data[1] / 255, test_label=sets[1]._label)
mxnet.gluon.data.vision.datasets.MNIST._get_data = get_data
mxnet.test_utils.get_mnist = get_mnist
"""
DOWNLOAD = "a download"
OTHER_DATA = "synthetic_data(true_w, true_b, 1000)"  # of Dive into Deep Learning's


def cell(source):
    """Return a notebook's code cell."""
    kept = {"metadata": {}, "outputs": [], "execution_count": None}
    return {"cell_type": "code", "source": source, **kept}


def of_markdown(text):
    """Return the cells for MXNet of a chapter that is written in Markdown."""
    found = []
    for source in CELL.findall(text):
        tab = re.match(r"#@tab (.*)\n", source)
        if not tab or {"mxnet", "all"} & set(re.split("[ ,]+", tab[1])):
            found.append(cell(source[tab.end() if tab else 0 :].strip("\n")))
    return found


def notebooks(folder):
    """Yield (name, path) of all notebooks with code of the checkouts in a folder."""
    for book, patterns in BOOKS.items():
        for path in sorted(p for each in patterns for p in (folder / book).glob(each)):
            if path.suffix == ".md":
                cells = of_markdown(path.read_text(encoding="utf-8"))
                path = write(path.with_suffix(".ipynb"), cells) if cells else None
            if path and ".made-up" not in path.name and code_cells(path):
                yield f"{book}/{path.stem}", path


def write(path, cells):
    """Write a notebook of these cells; return its path."""
    text = {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(text), encoding="utf-8")
    return path


def code_cells(path):
    """Return the cells with code of a kept notebook, [] if there is none."""
    try:
        kept = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError):
        return []
    code = [c for c in kept if c["cell_type"] == "code"]
    return [c for c in code if "".join(c["source"]).strip()]


def progress(code):
    """Return [cells run, cells, what stopped it] of a kept notebook's code."""
    for ran, each in enumerate(code):  # later ones keep what they were kept with
        for output in each["outputs"]:
            if output["output_type"] == "error":
                return [ran, len(code), "{ename}: {evalue}".format(**output)]
    return [len(code), len(code), "" if code else "did not end"]


def losses(code):
    """Return {"lr", "printed", "expected", "data"} of three losses of linear regression.

    expected: what compare_lecture.py says of a run on Linux at that rate. A program that
    draws other data for the lecture's problem: what runs on many data sets say. None for
    another problem.
    """
    sources = "\n".join("".join(c["source"]) for c in code)
    text = "".join(
        "".join(output.get("text", ())) for c in code for output in c["outputs"]
    )
    rate = re.search(r"\blr = ([\d.]+)|'learning_rate': ([\d.]+)", sources)
    printed = re.findall(r"epoch \d+, loss:? ([\d.e-]+)", text)
    lectures = "labels += nd.random.normal(scale=0.01" in sources
    if not (rate and len(printed) == 3 and (lectures or OTHER_DATA in sources)):
        return None
    rate = rate[1] or rate[2]
    told = {"lr": rate, "printed": printed, "data": "the lecture's"}
    if lectures:
        return {**told, "expected": report.ranges_at(float(rate), "mxnet-linux")}
    return {**told, "data": "its own", "expected": ranges_on_any_data(float(rate))}


def ranges_on_any_data(lr):
    """Return report.ranges_at of runs that each draw data of their own."""
    runs = [
        fused.train(
            *synthetic_data([2, -3.4], 4.2, 1000, 0.01, seed), Config(lr=lr, seed=seed)
        )
        for seed in range(report.SHUFFLES)
    ]
    ends = numpy.quantile([run.losses for run in runs], [0.005, 0.995], axis=0)
    return [list(map(float, pair)) for pair in ends.T]


def try_notebook(path, folder, run, last):
    """Return how a notebook did: plain, through the door, and there on made-up images.

    run(words, **options) runs Python, last(text) returns the error in a few words.
    """
    told = {}
    packages = str(path.parents[1 + ("slides" in path.parts)] / "packages")
    paths = filter(None, [packages, os.environ.get("PYTHONPATH")])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}

    def attempt(key, words, kept):
        run([*words, *kept], cwd=str(path.parent), env=env)
        code = code_cells(kept[-1])
        ran, count, why = progress(code)
        told[key] = [ran, count, last(why)]
        return code

    attempt("plain", ["-c", PLAIN], [str(path), str(Path(folder, "plain.ipynb"))])
    out = ["--out", str(Path(folder, "door.ipynb"))]
    told["losses"] = losses(attempt("door", [*DOOR, str(path)], out))
    if told["door"][2] == DOWNLOAD:
        cells = [cell(MADE_UP), *json.loads(path.read_text(encoding="utf-8"))["cells"]]
        made = write(path.with_suffix(".made-up.ipynb"), cells)
        attempt("made-up", [*DOOR, str(made)], out)
        made.unlink()
        told["made-up"][:2] = [n - 1 for n in told["made-up"][:2]]
    return told


def table(told):
    """Yield the lines of the tables: of notebooks, and of the losses they printed."""
    yield "| notebook | cells | plain | door | on made-up images | stopped by |"
    yield "| - | - | - | - | - | - |"
    for name, each in told.items():
        end = each.get("made-up", each["door"])
        runs = [str(each[key][0]) if key in each else "" for key in MODES]
        cells = name, str(each["door"][1]), *runs, end[2]
        yield "| " + " | ".join(cells) + " |"
    yield "\n| notebook | data | lr | printed | expected | within |"
    yield "| - | - | - | - | - | - |"
    for name, each in told.items():
        if each["losses"]:
            yield "| " + " | ".join([name, *compared(**each["losses"])]) + " |"


MODES = "plain", "door", "made-up"


def compared(lr, printed, expected, data="the lecture's"):
    """Return the cells of a line: what was printed, and whether it lies as told."""
    digits = [10.0 ** -len(loss.partition(".")[2]) for loss in printed]
    within = sum(
        low - digit / 2 <= float(loss) <= high + digit / 2
        for loss, digit, (low, high) in zip(printed, digits, expected)
    )
    ranges = ", ".join("%.3g..%.3g" % tuple(pair) for pair in expected)
    return data, lr, ", ".join(printed), ranges, "%d of 3" % within
