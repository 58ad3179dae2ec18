"""The launcher: what it starts, and that a job never hangs, whoever is lost."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from conftest import ROOT

from linreg_gluon.parallel import jobs, launcher
from linreg_gluon.config import InputError

LONG = ["--num-examples", "2000", "--epochs", "1000000", "--quiet"]
FORMS = {  # of exchanging: each step, in Gluon, or once for a block of them
    "step": ["scripts/train_gluon.py"],
    "gram": ["scripts/train_fused.py", "--form", "gram"],
}
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
pytestmark = LINUX


ROLES = ["scheduler", "server 0", "worker 0", "worker 1"]  # in order of their start
JOBS = []


@pytest.fixture(autouse=True)
def no_job_outlives_its_test():
    """Kill what a failed test has left: it would slow down all that come after."""
    yield
    while JOBS:
        job = JOBS.pop()
        job.kill()  # its children die with it
        job.communicate()


def start(*flags, workers=2, form="step", command=None):
    """Start the launcher on a long run, or on a command."""
    command = command or [sys.executable, *FORMS[form], *LONG,
                          "--kvstore", "dist_sync"]  # fmt: skip
    head = [sys.executable, "scripts/launch.py", "-n", str(workers), *flags, "--"]
    pipe = subprocess.PIPE
    job = subprocess.Popen([*head, *command], cwd=str(ROOT), stdout=pipe, stderr=pipe,
                           universal_newlines=True)  # fmt: skip
    JOBS.append(job)
    return job


def children(job):
    """Return {pid: command line} of the launcher's children, in order of start."""
    with open("/proc/%d/task/%d/children" % (job.pid, job.pid)) as file:
        pids = sorted(map(int, file.read().split()))
    found = {}
    for pid in pids:
        with open("/proc/%d/cmdline" % pid) as file:
            found[pid] = file.read().replace("\0", " ")
    return found


def all_started(job, count=4):
    """Wait until the job has all its processes; return their pids."""
    for _ in range(1200):  # a minute: a busy machine starts slowly
        if len(children(job)) == count:
            return list(children(job))
        time.sleep(0.05)
    raise AssertionError("the job did not start")


def runs(pid):
    """Return whether a process has not ended; an orphan's end init may note late."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ended(job, pids):
    """Return (status, stderr) of a job that must end in 10 s and leave nothing."""
    try:
        _, errors = job.communicate(timeout=120)
    finally:
        job.kill()
        job.wait()
    for _ in range(100):  # on a busy machine even a killed process takes a while to end
        left = [pid for pid in pids if runs(pid)]
        if not left:
            break
        time.sleep(0.1)
    assert not left
    return job.returncode, errors.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("after", [0, 3], ids=["start", "middle"])
@pytest.mark.parametrize("sig", ["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("form", FORMS)
def test_any_loss_ends_the_job(form, who, after, sig):
    job = start(form=form)
    pids = all_started(job)
    time.sleep(after)
    os.kill(pids[ROLES.index(who)], getattr(signal, sig))
    status, lines = ended(job, pids)
    (line,) = [line for line in lines if line.startswith("launch.py")]
    assert status == 1 and f"{who} was killed by {sig}" in line


@pytest.mark.slow
@pytest.mark.parametrize("sig, status", [("SIGINT", 130), ("SIGKILL", -9)])
@pytest.mark.parametrize("form", FORMS)
def test_launcher_takes_all_with_it(form, sig, status):
    job = start(form=form)
    pids = all_started(job)
    time.sleep(2)
    job.send_signal(getattr(signal, sig))
    assert ended(job, pids)[0] == status


@pytest.mark.slow
def test_exception_in_a_worker():
    code = (
        "from linreg_gluon.parallel import worker as distributed\n"
        "kv = distributed.connect('dist_sync')\n"
        "if kv.rank: raise RuntimeError('on purpose')\n"
        "kv._barrier()\n"
    )
    job = start(command=[sys.executable, "-c", code])
    status, lines = ended(job, all_started(job))
    assert status == 1 and any("RuntimeError: on purpose" in line for line in lines)
    assert re.match(r"launch.py: worker \d failed with exit status 1", lines[-1])


def open_files(pid):
    """Return what a process's descriptors point at; they come and go meanwhile."""
    found = set()
    for entry in os.scandir("/proc/%d/fd" % pid):
        try:
            found.add(os.readlink(entry.path))
        except FileNotFoundError:
            pass
    return found


def listening(pids):
    """Return the addresses, as the kernel writes them, on which processes listen."""
    own = set().union(*map(open_files, pids))
    found = []
    for name in ("tcp", "tcp6"):
        with open("/proc/net/" + name) as file:
            rows = [row.split() for row in file.readlines()[1:]]
        rows = [r for r in rows if r[3] == "0A" and "socket:[%s]" % r[9] in own]
        found += [row[1].split(":")[0] for row in rows]
    return found


@pytest.mark.slow
def test_only_loopback_listens():
    job = start()
    pids = all_started(job)
    deadline = time.monotonic() + 20
    while len(listening(pids)) < 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    found = listening(pids)
    job.send_signal(signal.SIGINT)
    ended(job, pids)
    assert len(found) >= 4 and set(found) == {"0100007F"}  # 127.0.0.1


def test_busy_port_is_said(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("python", "scripts/launch.py", "-n", 2, "--port", port, "--", "x")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1 and f"port {port} at 127.0.0.1" in line


def test_network_only_when_allowed():
    jobs.check_exposed(["127.0.0.1", "::1"], False)
    jobs.check_exposed(["10.0.0.1"], True)
    with pytest.raises(InputError, match="--allow-remote"):
        jobs.check_exposed(["127.0.0.1", "10.0.0.1"], False)


def test_another_jobs_variables_are_stripped():
    (plan, *_) = jobs.plan(["x"], 1, 1)
    inherited = {"DMLC_ROLE": "server", "PS_RESEND": "1", "HOME": "/h"}
    env = jobs.environment(plan, inherited)
    assert env["HOME"] == "/h" and "PS_RESEND" not in env and "DMLC_ROLE" not in env
    assert env["DMLC_NODE_HOST"] == "127.0.0.1"


def test_hosts_take_turns():
    plans = jobs.plan(["a b"], 3, 1, hosts=["me@10.0.0.1", "10.0.0.2"])
    workers = [plan for plan in plans if plan.name.startswith("worker")]
    assert [p.host for p in workers] == ["me@10.0.0.1", "10.0.0.2", "me@10.0.0.1"]
    addresses = [p.env["DMLC_NODE_HOST"] for p in workers]
    assert addresses == ["10.0.0.1", "10.0.0.2", "10.0.0.1"]
    assert {plan.env["DMLC_PS_ROOT_URI"] for plan in plans} == {"10.0.0.1"}
    line = jobs.command_line(plans[-1])
    assert line[:2] == ["ssh", "-tt"] and line[-1].endswith(" 'a b'")


@pytest.mark.parametrize("marked", [True, False])
def test_still_worker_is_a_loss(marked):
    plan = jobs.Plan("worker 0", None, ["sleep", "60"], {})
    with launcher.Job([plan]) as job:
        (child,) = job.children
        if marked:
            child.marked = time.monotonic() - 2
        child.started -= 11
        wanted = 1 if marked else launcher.BEGIN
        with pytest.raises(jobs.LostError, match=f"no progress for {wanted} s"):
            job.watch(1)


def test_scheduler_may_be_still():
    plan = jobs.Plan("scheduler", None, ["sleep", "0.2"], {})
    with launcher.Job([plan]) as job:
        job.children[0].started -= 1000
        job.watch(1)
        assert job.children[0].process.returncode == 0


def test_dry_run_prints_commands(run, tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("me@10.0.0.1\n10.0.0.2 # the other\n")
    done = run("python", "scripts/launch.py", "-n", 2, "--hosts", hosts,
               "--allow-remote", "--dry-run", "--", "a", "b c")  # fmt: skip
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) == 4
    assert lines[0].startswith("[scheduler] ssh -tt") and "me@10.0.0.1" in lines[0]
    assert lines[3].startswith("[worker 1] ssh -tt") and " 10.0.0.2 " in lines[3]
    assert "DMLC_PS_ROOT_URI=10.0.0.1" in lines[3]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_sigterm_on_the_launcher_takes_all_with_it(form):
    job = start(form=form)
    pids = all_started(job)
    time.sleep(2)
    job.terminate()
    assert ended(job, pids)[0] == 143


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_divergence_ends_the_job(run, form):
    done = run("python", "scripts/launch.py", "-n", 2, "--", sys.executable,
               *FORMS[form], "--kvstore", "dist_sync", "--lr", 30,
               "--epochs", 20)  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "diverged in epoch" in done.stderr and "launch.py: worker" in done.stderr
