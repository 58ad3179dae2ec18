"""The notebooks: made of today's code and words, and they run, each in one kernel."""

import re
import sys

import pytest
from conftest import ROOT

pytest.importorskip("ipykernel")
pytest.importorskip("nbclient")
import nbformat  # noqa: E402
import notebooks  # noqa: E402

from linreg_gluon.lecture import STEPS, document  # noqa: E402

BOTH = [(name, language) for name in notebooks.NAMES for language in ("en", "zh")]
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]\d+)?")
REMEDY = "type  make docs"


def kept(name, language="en"):
    return nbformat.read(str(notebooks.path_of(name, language)), 4)


def sources(notebook):
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


def outputs(notebook):
    """Return {id of a cell: the texts that it put out, pictures by their kind}."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {"text/plain": output.get("text")})
            data = {kind: "" if "image" in kind else data[kind] for kind in data}
            found.setdefault(cell.id, []).append((output.get("name"), data))
    return found


def unit(number):
    """Return what one in the last printed digit of a number is worth."""
    digits, _, exponent = number.partition("e")
    return 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))


def alike(text, other):
    """Whether two texts differ at most as another processor's sums do.

    By one unit of the last printed digit, or by 1e-4 where rates amplify rounding.
    """
    words = [NUMBER.sub("#", each).split() for each in (text, other)]
    pairs = zip(NUMBER.findall(text), NUMBER.findall(other))
    return words[0] == words[1] and all(
        abs(float(a) - float(b)) <= 1.5 * unit(a) + 1e-4 * abs(float(a))
        for a, b in pairs
    )


@pytest.mark.parametrize("name, language", BOTH)
def test_notebook_is_todays(name, language):
    now = notebooks.built(name, language)
    assert sources(kept(name, language)) == sources(now), REMEDY


@pytest.mark.filterwarnings("default")  # the client's own, another on each Python
@pytest.mark.parametrize("name", notebooks.NAMES)
def test_notebook_runs_and_shows_the_same(name):
    now = outputs(notebooks.ran(notebooks.built(name, "en")))
    before = outputs(kept(name))
    if not sys.platform.startswith("linux"):
        pytest.skip("ran; the outputs kept are Linux's, where MXNet draws other data")
    assert set(now) == set(before), REMEDY
    for cell, each in now.items():
        assert len(each) == len(before[cell])
        for (stream, data), (old_stream, old_data) in zip(each, before[cell]):
            assert stream == old_stream and set(data) == set(old_data), (cell, data)
            for kind in data:
                assert alike(data[kind], old_data[kind]), (cell, data, old_data, REMEDY)


@pytest.mark.parametrize("name", notebooks.NAMES)
def test_chinese_notebook_has_the_same_code_and_outputs(name):
    cells = [
        [cell for cell in kept(name, language).cells if cell.cell_type == "code"]
        for language in ("en", "zh")
    ]
    assert cells[0] == cells[1] and all(cell.execution_count for cell in cells[0])


@pytest.mark.parametrize("name, language", BOTH)
def test_words_are_in_one_language(name, language):
    for cell in kept(name, language).cells:
        if cell.cell_type == "markdown" and not cell.id.endswith("-shown"):
            assert bool(notebooks.HAN.search(cell.source)) == (language == "zh"), cell


def test_every_step_has_its_cells_and_code():
    code = [kept(name).cells for name in notebooks.NAMES[:2]]
    text = "\n".join(cell.source for cells in code for cell in cells)
    for step in STEPS:
        assert step.cell.rstrip() in text and step.ours.rstrip() in text
        for name in step.functions:
            assert re.search(r"^(def|class) %s\b" % name.split(".")[1], text, re.M)


@pytest.mark.parametrize("name, language", BOTH)
def test_links_lead_somewhere(name, language):
    folder = notebooks.path_of(name, language).parent
    for cell in kept(name, language).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\((?!https?:)([^)#]+)", cell.source):
                assert (folder / target).exists(), target


def test_pictures_tables_and_a_bar_are_shown():
    shown = outputs(kept("part1_scratch"))
    assert "image/png" in shown["step-2-ours"][0][1]
    shown = outputs(kept("your_own_data"))
    assert "<table>" in shown["shows-1"][0][1]["text/html"]
    assert "image/png" in shown["shows-2"][0][1]
    ((stream, data),) = shown["bar-1"]
    assert stream == "stderr" and "60/60 [..., loss " in data["text/plain"]


def test_nothing_of_one_run_alone_is_kept():
    for name in notebooks.NAMES:
        text = notebooks.path_of(name, "en").read_text(encoding="utf-8")
        again = r"\b0x[0-9a-f]{6}|\d\d:\d\d<|\d s\\n|20[2-9]\d-|/tmp"
        assert not re.search(again, text)
        for cell in kept(name).cells:
            assert not cell.metadata


EXAMPLE = """\
from linreg_gluon import Config, fused, tabular

data = tabular.read_csv("houses.csv", target="price")
study = tabular.Experiment(data, holdout=0.2)            # split, units, least squares
result = study.train(fused.train, Config(num_epochs=60))
print(result)                                            # the report that the scripts print
result.figure(); result.save("out/houses"); result.predict(new_rows)"""


def test_own_data_is_three_lines():
    assert EXAMPLE in [cell.source for cell in kept("your_own_data").cells]


def test_changed_function_makes_them_stale(monkeypatch):
    source, loss = notebooks.inspect.getsource, document.function("scratch.linreg")

    def changed(thing):
        return source(thing).replace("+ b", "- b") if thing is loss else source(thing)

    monkeypatch.setattr(notebooks.inspect, "getsource", changed)
    stale = [
        pair for pair in BOTH if sources(kept(*pair)) != sources(notebooks.built(*pair))
    ]
    assert stale == [("part1_scratch", "en"), ("part1_scratch", "zh")]


def test_make_docs_writes_them():
    makefile = (ROOT / "Makefile").read_text()
    assert "docs/notebooks.py" in makefile.split("\ndocs:")[1].split("\n\n")[0]


def test_answers_are_run_at_their_step():
    from linreg_gluon.lecture import exercise

    for step, id in notebooks.RUN.items():
        assert exercise(id).step == step
        name = notebooks.NAMES[STEPS[step - 1].part - 1]
        ((_, data),) = outputs(kept(name))["step-%d-answer" % step]
        said = exercise(id).answer()[1]
        assert exercise(id).code in data["text/plain"]
        for line, sentence in zip(data["text/plain"].splitlines()[-2:], said.values()):
            assert alike(line, sentence)
