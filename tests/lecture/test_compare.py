"""compare_lecture.py when it is changed or misused (test_docs.py runs it as it is)."""

import json
import shutil

import pytest
from conftest import ROOT

SCRIPT = "scripts/compare_lecture.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    "room, old, new, number",
    [
        ("scratch.py", "y.reshape(y_hat.shape)", "y", 1),
        ("lecture/recorded.json", '"0.000049"', '"0.000048"', 2),
    ],
)
def test_changed_project_exits_1(run, tmp_path, room, old, new, number):
    shutil.copytree(str(ROOT / "linreg_gluon"), str(tmp_path / "linreg_gluon"))
    file = tmp_path / "linreg_gluon" / room
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    # Only the claims around it: the others have tests of their own.
    record = tmp_path / "linreg_gluon" / "lecture" / "record.py"
    kept = "\n\nCLAIMS = tuple(c for c in CLAIMS if c.step in ('7', '9, 10'))\n"
    record.write_text(record.read_text(encoding="utf-8") + kept, encoding="utf-8")
    env = {"PYTHONPATH": str(tmp_path)}
    saved = tmp_path / "compare.json"
    result = run("python", SCRIPT, "--runs", "10", "--json", saved, env=env)
    first = result.stdout.splitlines()[0]
    assert result.returncode == 1 and first.endswith("claim %d" % number)
    assert "DOES NOT HOLD (recorded: holds)" in result.stdout
    claim = json.loads(saved.read_text())["claims"][number - 1]
    assert (claim["number"], claim["verdict"]) == (number, "does not hold")
    ranges = json.loads(saved.read_text())["this_platform"]["losses"]
    assert list(ranges) == ["0.1", "0.03"] and all(len(r) == 3 for r in ranges.values())


@pytest.mark.parametrize(
    "flags, complaint",
    [
        (["--runs", "3"], "--runs must be at least 10, got 3"),
        (["--json", "no/such/x.json"], "mkdir -p no/such"),
        (["--jason", "x"], "unrecognized arguments: --jason x"),
    ],
)
def test_bad_flag_one_line(run, flags, complaint):
    result = run("python", SCRIPT, *flags)
    (line,) = result.stderr.splitlines()
    assert result.returncode == 2 and complaint in line
