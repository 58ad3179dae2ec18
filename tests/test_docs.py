"""What README and docs show is what the commands print today."""

import re
import sys

import pytest
from conftest import ROOT, refresh

from linreg_gluon.lecture import FILES, markdown

DOCUMENTS = refresh.documents()
BLOCKS = [
    pytest.param(match, id="%s: %s" % (path.name, match["command"]))
    for path in DOCUMENTS
    for match in refresh.BLOCK.finditer(path.read_text(encoding="utf-8"))
]
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]\d+)?")


def numbers(text):
    return [float(number) for number in NUMBER.findall(text)]


@pytest.mark.parametrize("match", BLOCKS)
def test_shown_output_is_todays(match):
    fresh = refresh.output(match)
    assert NUMBER.sub("#", fresh) == NUMBER.sub("#", match["text"])
    # Another processor sums in another order: one unit of the last printed digit, or
    # of a large figure some of the last of float32's digits (its rounding is 6e-8).
    shown = pytest.approx(numbers(match["text"]), rel=1e-6, abs=1.5e-6)
    assert numbers(fresh) == shown


LECTURES = {
    language: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for language, name in FILES.items()
}
SHOWN = [
    pytest.param(match, id="claim %s %s" % (match["number"], language))
    for language, text in LECTURES.items()
    for match in refresh.CLAIM.finditer(text)
]


@pytest.mark.parametrize("match", SHOWN)
def test_shown_claim_is_todays(match):
    fresh = refresh.measured(match)
    assert NUMBER.sub("#", fresh) == NUMBER.sub("#", match["text"])
    if match["number"] != "18":  # a ratio of two times is another in every run
        # Figures printed to one to six digits; 1e-6 where they are rounding itself.
        shown = pytest.approx(numbers(match["text"]), rel=0.1, abs=1e-6)
        assert numbers(fresh) == shown


@pytest.mark.parametrize("language", LECTURES)
def test_lecture_is_written_from_the_steps(language):
    text = refresh.CLAIM.sub(lambda match: match["head"], LECTURES[language])
    now = refresh.BLOCK.sub(r"\g<head>```\n", text) == markdown(language)
    assert now, "words or code have changed since: type  make docs"


@pytest.mark.parametrize("language", LECTURES)
def test_every_claim_and_step_shown(language):
    claims = [
        int(each["number"]) for each in refresh.CLAIM.finditer(LECTURES[language])
    ]
    steps = re.findall(r"^### (\d+)\. ", LECTURES[language], re.M)
    assert sorted(claims) == list(range(1, 20))
    assert steps == list(map(str, range(1, 19)))


@pytest.mark.parametrize("language", LECTURES)
def test_lecture_names_real_functions(language):
    pattern = r"\[`(\w+)`\]\(\.\./(linreg_gluon/[\w/]+\.py)\)"
    code = re.findall(r"^(?:Code: |代码：).*", LECTURES[language], re.M)
    links = re.findall(pattern, "\n".join(code))
    for name, room in links:
        code = (ROOT / room).read_text(encoding="utf-8")
        assert re.search(r"^(def|class) %s\b" % name, code, re.M), (name, room)
    assert len(links) > 18


@pytest.mark.parametrize("language", LECTURES)
def test_lecture_leads_to_its_own_anchors(language):
    anchors = re.findall('<a id="([^"]+)">', LECTURES[language])
    assert len(anchors) == len(set(anchors)) == 18 + 19
    assert set(re.findall(r"\]\(#([^)]+)\)", LECTURES[language])) <= set(anchors)


def test_comparison_prints_every_claim():
    lines = refresh.run(refresh.COMPARISON).splitlines()
    assert lines[0].endswith("all as recorded.") and max(map(len, lines)) <= 88
    for number in range(1, 20):
        assert any(line.startswith(" %2d. " % number) for line in lines)
    assert "--dataset mxnet-linux" in " ".join(lines) or sys.platform != "linux"


def test_tables_are_the_results():
    found = []
    for path in DOCUMENTS:
        for match in refresh.TABLE.finditer(path.read_text(encoding="utf-8")):
            assert match[0] == refresh.tabled(match), path
            found.append(match["name"])
    tables = ["benchmark"] * 5 + ["benchmark_data", "hook_cost", "mxnet_tests"]
    assert sorted(found) == [*tables, "old_programs", *["scaling"] * 3]


def test_both_readmes_show_runs():
    names = [path.name for path in DOCUMENTS if "README" in path.name]
    shown = {param.id.split(":")[0] for param in BLOCKS}
    assert names == ["README.md", "README.zh-CN.md"] and set(names) <= shown


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_exist(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readme_is_short(name):
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 110


def test_readme_tree_names_rooms():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = (ROOT / "linreg_gluon").glob("*.py")
    missing = [room.name for room in rooms if room.name not in text]
    assert missing == ["__init__.py"]


def test_lecture_shows_our_code_as_it_stands(monkeypatch):
    from linreg_gluon.lecture import document

    source, sgd = document.inspect.getsource, document.function("scratch.sgd")
    assert "```python\n%s```" % source(sgd) in LECTURES["en"]

    def changed(thing):
        return source(thing).replace("lr /", "lr *") if thing is sgd else source(thing)

    monkeypatch.setattr(document.inspect, "getsource", changed)
    for language in LECTURES:
        assert source(sgd) not in markdown(language)
