"""What the kept run on thirty sets shows, and that the script runs on a folder."""

import json

from conftest import ROOT

RESULT = json.loads((ROOT / "docs" / "benchmark_data.json").read_text(encoding="utf-8"))
SETS = RESULT["sets"]


def within(key, limit):
    """Return how many sets end within so many standard errors of least squares."""
    found = [row[key]["off_by"] for row in SETS.values()]
    return sum(off_by is not None and off_by < limit for off_by in found)


def test_all_but_three_converge_and_the_others_say_why():
    ours = [row["ours"] for row in SETS.values()]
    assert sum(each["converged"] for each in ours) >= 27 and len(ours) == 30
    assert all(each["converged"] or each["reason"] for each in ours)
    assert all(each["r2_below"] < 0.01 or not each["converged"] for each in ours)
    for each in ours:
        if each["converged"] and not each["exact"]:
            assert each["off_by"] < 0.1 and each["joint"] < 0.1  # the tolerance


def test_more_are_near_than_by_scikit_learn():
    for limit in (2, 0.1):
        theirs = [within("sgd" + how, limit) for how in ("", " averaged", " as long")]
        assert within("ours", limit) > max(theirs)


def test_the_other_paths_say_the_same():
    rows = [row for row in SETS.values() if row["verdicts"]]
    assert len(rows)  >= 25  # without those of most steps
    for row in rows:
        assert set(row["verdicts"].values()) == {row["ours"]["converged"]}


def test_advice_is_within_a_factor_of_three():
    found = [row["advice"] for row in SETS.values() if row["advice"]]
    near = [each["took"] and each["advised"] / each["took"] <= 3 for each in found]
    assert len(near) >= 20 and all(near)


def test_folder_is_measured(run, tmp_path):
    rows = "".join("%d,%d\n" % (i, 2 * i + i % 3) for i in range(40))
    (tmp_path / "line.csv").write_text("x,y\n" + rows)
    (tmp_path / "targets.json").write_text('{"line": {"target": "y"}}')
    code = "import sys; sys.path.insert(0, 'scripts'); import benchmark_data as b;"
    code += "b.own.PROBLEMS.clear(); r = b.run(b.Path(sys.argv[1])); print(b.table(r))"
    done = run("python", "-c", code, tmp_path)
    assert "| line | 40 | 1 |" in done.stdout and "| no flag | 1 | 1 |" in done.stdout


def test_part_alone_keeps_the_others(run, tmp_path):
    (tmp_path / "line.csv").write_text("x,y\n" + "1,2\n2,5\n3,6\n4,7\n5,11\n" * 4)
    (tmp_path / "targets.json").write_text('{"line": {"target": "y"}}')
    file, row = tmp_path / "kept.json", {**SETS["co2"], "sgd": None}
    file.write_text(json.dumps({"sets": {"line": row}, "averages": {}}))
    told = tmp_path, "--part", "scikit-learn", "--json", file
    done = run("python", "scripts/benchmark_data.py", *told)
    now = json.loads(file.read_text())["sets"]["line"]
    assert done.returncode == 0 and now["sgd"]["epochs"] > 0
    assert now["sgd as long"]["epochs"] == row["ours"]["epochs"]
    assert now["ours"] == row["ours"] and now["verdicts"] == row["verdicts"]


def test_folder_without_targets_is_refused(run, tmp_path):
    done = run("python", "scripts/benchmark_data.py", tmp_path)
    assert done.returncode == 2 and "has no targets.json" in done.stderr
