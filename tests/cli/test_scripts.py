"""The scripts as a user runs them: what they print, write, refuse, and exit with."""

import io
import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from linreg_gluon import Config
from conftest import ROOT, told

from linreg_gluon import Fit, cli, plots
from linreg_gluon.cli import printing
from linreg_gluon.cli.training import load_data

SCRIPTS = ["scripts/train_%s.py" % name for name in ("scratch", "gluon", "fused")]
SHARED = SCRIPTS[1]  # stands for all where the code is cli's
SMALL = ["--num-examples", "50", "--epochs", "2"]


@pytest.fixture(params=SCRIPTS)
def script(request):
    return request.param


def failure(result, status):
    """Return the one line on stderr of a run that failed with this status."""
    assert result.returncode == status, result.stderr
    (line,) = result.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    "script, line", list(zip(SCRIPTS, ["loss ", "loss: ", "loss "]))
)
def test_output_is_lectures(run, script, line):
    result = run("python", script)
    assert result.returncode == 0 and result.stderr == ""
    # fused has no NDArrays, and does not import MXNet
    shown = 0 if "fused" in script else 1
    assert result.stdout.count("<NDArray 10x2 @cpu(0)>") == shown
    assert result.stdout.count("<NDArray 10 @cpu(0)>") == shown
    assert re.search(r"^\[+-1.4493372 +-0.4517469 *\]$", result.stdout, re.M)
    epochs = re.findall(r"^epoch (\d), %s(\d\.\d{6})$" % line, result.stdout, re.M)
    assert [epoch for epoch, _ in epochs] == ["1", "2", "3"]
    assert 4.5e-5 < float(epochs[-1][1]) < 5.5e-5
    rows = re.findall(r"^(?:w\[\d\]|b) .*$", result.stdout, re.M)
    assert len(rows) == 3
    for row in rows:
        true, learned, error = map(float, row.split()[1:])
        assert error == pytest.approx(true - learned, abs=2e-6) and abs(error) < 0.004


def test_help_shows_defaults(run, script):
    text = run("python", script, "--help").stdout
    for flag in ("--batch-size", "--epochs", "--num-epochs", "--lr", "--learning-rate",
                 "--seed", "--num-examples", "--true-w", "--true-b", "--noise",
                 "--plot", "--json", "--quiet"):  # fmt: skip
        assert flag in text
    assert "else 0.03)" in text.replace("\n", " ").replace("  ", "") and "(default: 0)" in text and "None" not in text


@pytest.fixture
def without(tmp_path):
    """Return an environment in which a module cannot be imported."""

    def hide(module):
        site = tmp_path / "site" / "sitecustomize.py"
        site.parent.mkdir()
        site.write_text("import sys; sys.modules[%r] = None" % module)
        return {"PYTHONPATH": str(site.parent)}

    return hide


def test_help_needs_no_mxnet(run, without):
    env = without("mxnet")
    assert run("python", SHARED, "--help", env=env).returncode == 0
    line = failure(run("python", SHARED, env=env), 2)
    assert 'pip install "mxnet==1.9.1" "numpy<2"' in line


def test_without_package_says_install(run, without):
    result = run("python", SHARED, env=without("linreg_gluon"))
    # Where an environment is set up beside the scripts, that one is named.
    line = failure(result, 2)
    assert "pip install -r requirements.txt" in line or ".venv/bin/python" in line


def test_json_holds_run(run, script, tmp_path):
    file = tmp_path / "run.json"
    flags = ["--lr", "0.1", "--batch-size", "7", "--seed", "3", "--true-w=-1,2,3"]
    result = run("python", script, *SMALL, *flags, "--quiet", "--json", file)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    saved = json.loads(file.read_text())
    told = Config(lr=0.1, num_epochs=2, batch_size=7, seed=3)
    assert saved["config"] == dataclasses.asdict(told)
    assert saved["true"] == {"w": [-1, 2, 3], "b": 4.2}
    assert len(saved["learned"]["w"]) == 3 and type(saved["learned"]["b"]) is float
    assert len(saved["losses"]) == 2 and saved["seconds"] > 0
    assert saved["versions"]["mxnet"] == "1.9.1"


def test_plot_without_display(run, tmp_path):
    env = {"DISPLAY": "", "MPLBACKEND": ""}
    flags = [*SMALL, "--quiet", "--plot", tmp_path / "a.png"]
    result = run("python", SCRIPTS[0], *flags, env=env)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("name, magic", [("a.svg", b"<?xml"), ("a.PDF", b"%PDF")])
def test_plot_by_extension(tmp_path, lecture, name, magic):
    fit = Fit(np.array([2, -3.4]), 4.2, (0.1,))
    cli.check_plot(name)
    cli.save_figure(plots.training_figure(*lecture, fit), str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(magic)


BAD = [
    (["--epoch", "3"], "unrecognized arguments: --epoch 3"),
    (["--lr", "fast"], "'fast' is not a number, such as 0.03"),
    (["--lr", "0"], "--lr must be finite and greater than 0, got 0.0"),
    (["--lr", "nan"], "--lr must be finite"),
    (["--epochs", "0"], "--epochs must be at least 1, got 0"),
    (["--epochs", "2.5"], "'2.5' is not a whole number"),
    (["--batch-size", "-1"], "--batch-size must be at least 1, got -1"),
    (["--seed", "-1"], "--seed must be at least 0, got -1"),
    (["--num-examples", "0"], "--num-examples must be at least 1, got 0"),
    (["--num-examples", "9" * 30], "--num-examples must be at most 2147483647"),
    (["--true-w", "1,x"], "--true-w"),
    (["--true-w", "nan"], "--true-w must be one or more finite numbers"),
    (["--true-w", "1e39"], "--true-w must leave labels within float32"),
    (["--true-b", "inf"], "--true-b must be finite, got inf"),
    (["--noise", "-0.1"], "--noise must be finite and at least 0, got -0.1"),
    (["--plot", "a.jpg"], "the file must end in one of .png, .svg, .pdf"),
    (["--plot", "no/such/a.png"], "there is no folder no/such; type  mkdir -p no/such"),
    (["--json", "/dev/null"], "/dev/null: cannot be written"),
    (["--json", "tests"], "tests: cannot be written"),
    (["--dataset", "mine"], "argument --dataset: invalid choice: 'mine'"),
    (["--dataset", "lecture", "--noise", "1"], "--noise makes synthetic data"),
    (["--dataset", "mxnet-linux", "--true-b", "1"], "leave out --dataset or --true-b"),
]


@pytest.mark.parametrize("flags, complaint", BAD, ids=lambda value: str(value)[:40])
def test_bad_flag_one_line(flags, complaint, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)

    def main():
        load_data(told(*flags))

    with pytest.raises(SystemExit) as caught:
        cli.run(main)
    (line,) = capsys.readouterr().err.splitlines()
    assert caught.value.code == 2 and complaint in line


@pytest.mark.parametrize(
    "flags, dataset, label",
    [
        ([], "lecture", 4.879625),
        (["--dataset", "mxnet-linux"], "mxnet-linux", 6.000587),
        (["--true-b", "0", "--noise", "0"], "synthetic", None),
        (["--dataset", "synthetic"], "synthetic", None),
    ],
)
def test_dataset_is_chosen(flags, dataset, label):
    run = told(*flags)
    features, labels = load_data(run)
    problem = run.problem
    assert problem.which == dataset and features.shape == (1000, 2)
    if label is None:
        residual = labels - features @ np.array(problem.true_w) - problem.true_b
        assert residual.std() == pytest.approx(problem.noise, rel=0.1, abs=1e-6)
    else:
        assert labels[0] == pytest.approx(label, abs=1e-6)


def test_bad_flag_writes_nothing(run, tmp_path):
    result = run("python", SHARED, "--lr", "-1", "--json", tmp_path / "a.json")
    assert "--lr must be" in failure(result, 2) and not any(tmp_path.iterdir())


def test_divergence_exits_1(run, tmp_path):
    flags = ["--lr", "3", "--quiet", "--json", tmp_path / "a.json"]
    result = run("python", SHARED, *flags)
    line = failure(result, 1)
    assert "diverged in epoch 1 at lr 3" in line and "try --lr 0." in line
    assert not any(tmp_path.iterdir())


def test_missing_matplotlib_named(run, without, tmp_path):
    env = without("matplotlib")
    line = failure(run("python", SHARED, "--plot", tmp_path / "a.png", env=env), 2)
    assert 'pip install matplotlib "numpy<2"' in line


def test_interrupt_exits_130(script):
    command = [sys.executable, "-u", script, "--epochs", "100000"]
    process = subprocess.Popen(
        command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while not process.stdout.readline().startswith(b"epoch 2"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 130
    assert error.decode() == "%s: stopped by Ctrl-C\n" % os.path.basename(script)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk_one_line():
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, SHARED, *SMALL],
            cwd=str(ROOT),
            stdout=full,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
    assert "No space left" in failure(result, 1)


def test_closed_pipe_is_quiet():
    head = "'%s' -u %s --epochs 50 | head -n 1" % (sys.executable, SHARED)
    result = subprocess.run(
        head, shell=True, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert result.stderr == b"" and result.stdout.count(b"\n") == 1


def test_nothing_unused_imported(run, script):
    code = "import runpy, sys\ntry: runpy.run_path(%r, run_name='__main__')\n"
    code += "except SystemExit: pass\nprint(*sys.modules)"
    code = "import sys; sys.path.insert(0, 'scripts'); sys.argv = [%r]\n" + code
    result = run("python", "-c", code % (script, script))
    loaded = set(result.stdout.splitlines()[-1].split())
    assert ("mxnet" in loaded) == ("fused" not in script)
    assert not loaded & {"matplotlib", "pandas", "tqdm", "scipy", "hypothesis"}


def test_failed_write_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError):
        with cli.replacing(str(tmp_path / "a.json")) as part:
            with open(part, "w") as file:
                file.write("half")
            raise RuntimeError
    assert not any(tmp_path.iterdir())


def test_bar_on_slow_terminal(monkeypatch):
    terminal, out = io.StringIO(), io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(printing, "BAR_DELAY", 0.1)
    with cli.progress(3, "epoch %d, loss %f") as on_epoch:
        for epoch in (1, 2, 3):
            time.sleep(0.1)
            on_epoch(epoch, 0.5)
    assert "epoch" in terminal.getvalue() and "3/3" in terminal.getvalue()
    assert out.getvalue() == "".join("epoch %d, loss 0.500000\n" % e for e in (1, 2, 3))
