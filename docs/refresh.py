"""Rewrite in README and docs what commands printed: python docs/refresh.py [FILE ...]

A block is a comment line naming the command, and the fenced block that follows it:
    <!-- output of: python scripts/train_scratch.py -->
    <!-- first 8 lines of: python scripts/compare_lecture.py -->   (or last)
What was measured of a claim stands after ``<!-- claim 5 -->`` (in a Chinese document
``<!-- claim 5 zh -->``), to ``<!-- /claim -->``.
After ``<!-- table of: docs/benchmark.json -->``, to ``<!-- end -->``, stands what
scripts/benchmark.py measured, which takes minutes and is not run again here; its other
tables are ``details``, ``startup`` and ``fits``, and scripts/scaling.py's ``details``
and ``wires``.
The lecture's two documents are written whole, from linreg_gluon.lecture.STEPS.
A picture's comment is ``<!-- drawn by: python ... --plot docs/x.png -->``.
"""

import functools
import importlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(
    r"(?P<head><!-- (?:output|(?P<end>first|last) (?P<lines>\d+) lines) of: "
    r"(?P<command>.+) -->\n```\w*\n)(?P<text>(?:(?!```).*\n)*)```\n"
)
CLAIM = re.compile(
    r"(?P<head><!-- claim (?P<number>\d+)(?P<zh> zh)? -->)(?P<text>.*?)"
    r"(?=<!-- /claim -->)"
)
TABLE = re.compile(
    r"(?P<head><!-- (?P<kind>table|details|startup|fits|wires) of: "
    r"docs/(?P<name>\w+).json -->\n)"
    r"(?:.*\n)*?(?=<!-- end -->)"
)
COMPARISON = "python scripts/compare_lecture.py --json out/compare.json"
PICTURE = re.compile(r"<!-- drawn by: (?P<command>.+) -->\n")


def documents():
    """Return the paths of all Markdown files whose figures come from runs."""
    return sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])


@functools.lru_cache(maxsize=None)
def run(command):
    """Run a documented command from the project's folder; return what it prints."""
    (ROOT / "out").mkdir(exist_ok=True)
    words = [sys.executable if w == "python" else w for w in shlex.split(command)]
    return subprocess.check_output(words, cwd=str(ROOT), universal_newlines=True)


def output(match):
    """Return what a block's command prints now: all, or its first or last lines."""
    lines, count = run(match["command"]).splitlines(True), int(match["lines"] or 0)
    return "".join(lines[:count] if match["end"] == "first" else lines[-count:])


def measured(match):
    """Return what a run of the comparison says of a claim."""
    run(COMPARISON)
    with open(str(ROOT / "out" / "compare.json"), encoding="utf-8") as file:
        claim = json.load(file)["claims"][int(match["number"]) - 1]
    if match["zh"]:
        from linreg_gluon.lecture.chinese import VERDICTS

        return "%s。结论：%s。" % (claim["measured_zh"], VERDICTS[claim["verdict"]])
    return claim["measured"] + ". Verdict: " + claim["verdict"] + "."


def original(path):
    """Return the text whose blocks are filled in: the file's own, or the steps'."""
    from linreg_gluon.lecture import FILES, markdown

    for language, name in FILES.items():
        if path.name == name:
            return markdown(language)
    return path.read_text(encoding="utf-8")


def refreshed(match):
    """Return a block with its text replaced by a fresh run's."""
    return match["head"] + output(match) + "```\n"


def tabled(match):
    """Return a script's table, made of its committed result."""
    sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "legacy")]
    script = importlib.import_module(match["name"])
    path = ROOT / "docs" / (match["name"] + ".json")
    result = json.loads(path.read_text(encoding="utf-8"))
    return match["head"] + getattr(script, match["kind"])(result)


def main(paths):
    for path in map(Path, paths or documents()):
        text = original(path)
        for match in PICTURE.finditer(text):
            run(match["command"])
        text = TABLE.sub(tabled, text)
        text = CLAIM.sub(lambda match: match["head"] + measured(match), text)
        path.write_text(BLOCK.sub(refreshed, text), encoding="utf-8")
        print("refreshed", path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
