"""What the tests share: the paths, the lecture's problem, running a script."""

import os
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest

from linreg_gluon import cli, concise, fused, scratch, synthetic_data

hypothesis.settings.register_profile("any machine", deadline=None)  # slow ones too
hypothesis.settings.load_profile("any machine")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))
sys.path += map(str, (ROOT / "tests").glob("*/"))  # tables that wings share
import refresh  # noqa: E402, F401


def told(*flags):
    """Return the Told of a training script's flags."""
    return cli.parse(cli.training_parser("x"), list(map(str, flags)))


def trained(path, *flags):
    """Run a script's work in this process; return the Result."""
    run = told(*flags, "--quiet")
    study = cli.experiment(run)
    return study.train(path.train, run.config, keeping=run.keeping)


PATHS = {"scratch": scratch, "gluon": concise, "fused": fused}


def complaints(errors):
    """Return the lines of stderr but for the stages' times, which a slow machine adds."""
    return [line for line in errors.splitlines() if not line.startswith("time: ")]


@pytest.fixture(params=list(PATHS))
def path(request):
    """Each way to train; all keep one contract, so they share their tests."""
    return PATHS[request.param]


@pytest.fixture(scope="session")
def lecture():
    """The lecture's problem: (features, labels) of 1000 examples, seed 0."""
    return synthetic_data([2, -3.4], 4.2, 1000, 0.01, 0)


@pytest.fixture
def run():
    """Run a command line of the project, python standing for this interpreter.

    Under make test VENV=... a make of the test's own would inherit VENV by MAKEFLAGS.
    """

    def call(*args, cwd=ROOT, env=None, timeout=600):
        command = [sys.executable if arg == "python" else str(arg) for arg in args]
        return subprocess.run(
            command,
            cwd=str(cwd),
            env={**os.environ, "MAKEFLAGS": "", **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            timeout=timeout,
        )

    return call


@pytest.fixture
def fonts(tmp_path, monkeypatch):
    """Leave matplotlib only fonts without Chinese; a call installs one that has it."""
    from matplotlib import font_manager

    from linreg_gluon import plots

    manager = font_manager.fontManager
    own = [font for font in manager.ttflist if "DejaVu" in font.name]
    monkeypatch.setattr(manager, "ttflist", own)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    plots.font_with.cache_clear()

    def install(name="Han"):
        path = str(tmp_path / (name + ".ttf"))
        han_font(path, name)
        monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [path])
        plots.font_with.cache_clear()

    yield install
    plots.font_with.cache_clear()


def han_font(path, name):
    """Write a font in which each sign of plain Chinese is the same empty one."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    signs = [*range(0x4E00, 0xA000), *range(0x3000, 0x3040), *range(0xFF00, 0xFFF0)]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "han"])
    builder.setupCharacterMap(dict.fromkeys(signs, "han"))
    builder.setupGlyf({".notdef": Glyph(), "han": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "han": (1000, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2(usWeightClass=400)
    builder.setupPost()
    builder.save(path)
