"""Rewrite in README and docs what commands printed: python docs/refresh.py [FILE ...]

A block is a comment line naming the command, and the fenced block that follows it:
    <!-- output of: python scripts/train_scratch.py -->
    <!-- last 8 lines of: python scripts/train_scratch.py -->
A picture's comment is ``<!-- drawn by: python ... --plot docs/x.png -->``.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(
    r"(?P<head><!-- (?:output|last (?P<lines>\d+) lines) of: (?P<command>.+) -->\n"
    r"```\w*\n)(?P<text>(?:(?!```).*\n)*)```\n"
)
PICTURE = re.compile(r"<!-- drawn by: (?P<command>.+) -->\n")


def documents():
    """Return the paths of all Markdown files whose figures come from runs."""
    return sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])


def output(command, lines=None):
    """Run a documented command from the project's folder; return what it prints."""
    words = [sys.executable if w == "python" else w for w in shlex.split(command)]
    text = subprocess.check_output(words, cwd=str(ROOT), universal_newlines=True)
    return "".join(text.splitlines(True)[-int(lines or 0) :])


def refreshed(match):
    """Return a block with its text replaced by a fresh run's."""
    fresh = output(match["command"], match["lines"])
    return match["head"] + fresh + "```\n"


def main(paths):
    for path in map(Path, paths or documents()):
        text = path.read_text(encoding="utf-8")
        for match in PICTURE.finditer(text):
            output(match["command"])
        path.write_text(BLOCK.sub(refreshed, text), encoding="utf-8")
        print("refreshed", path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
