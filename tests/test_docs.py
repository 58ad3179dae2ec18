"""What README and docs show is what the commands print today."""

import re

import pytest
from conftest import ROOT, refresh

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
    # Another processor sums in another order: one unit of the last printed digit.
    assert numbers(fresh) == pytest.approx(numbers(match["text"]), abs=1.5e-6)


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
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 90


def test_readme_tree_names_rooms():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = (ROOT / "linreg_gluon").glob("*.py")
    missing = [room.name for room in rooms if room.name not in text]
    assert missing == ["__init__.py"]
