"""Jobs over ssh: hosts are network namespaces here, each with a real sshd."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT
from test_worker import result

SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
POSSIBLE = SSHD and shutil.which("ip") and hasattr(os, "geteuid") and not os.geteuid()
WHY = "needs root, iproute2 and openssh-server"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not POSSIBLE, reason=WHY)]
NET = "10.213.77.%d"
CONFIG = """Host *
  IdentityFile {0}/key
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
"""
OPTIONS = (
    "HostKey={}/key",
    "AuthorizedKeysFile={}/key.pub",
    "StrictModes=no",
    "PermitRootLogin=yes",
    "PidFile=none",
)


def call(line, **blanks):
    subprocess.check_call(line.format(**blanks).split(), stdout=subprocess.DEVNULL)


def keys(tmp_path):
    """Write what lets ssh in; return the environment whose ssh takes it."""
    key = str(tmp_path / "key")
    subprocess.check_call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
    (tmp_path / "config").write_text(CONFIG.format(tmp_path))
    ssh = tmp_path / "ssh"  # the real one, told of this test's key
    real = shutil.which("ssh")
    ssh.write_text("#!/bin/sh\nexec %s -F %s/config \"$@\"\n" % (real, tmp_path))
    ssh.chmod(0o755)
    return {"PATH": "%s:%s" % (tmp_path, os.environ["PATH"])}


def connect(i):
    """Make host i, a network namespace with a cable to the bridge."""
    call("ip netns add lg{i}", i=i)
    call("ip link add lgveth{i} type veth peer name eth0 netns lg{i}", i=i)
    call("ip link set lgveth{i} master lgbridge up", i=i)
    call("ip -n lg{i} address add {a}/24 dev eth0", i=i, a=NET % i)
    call("ip -n lg{i} link set eth0 up", i=i)
    call("ip -n lg{i} link set lo up", i=i)


def daemon(i, tmp_path):
    """Start host i's sshd and return its process."""
    command = ["ip", "netns", "exec", "lg%d" % i, SSHD, "-D", "-f", "/dev/null"]
    for option in OPTIONS:
        command += ["-o", option.format(tmp_path)]
    return subprocess.Popen(command)


@pytest.fixture
def hosts(tmp_path):
    """Two hosts behind a bridge; yields (file naming them, environment for ssh)."""
    env, daemons = keys(tmp_path), []
    os.makedirs("/run/sshd", exist_ok=True)  # where Debian's sshd wants its root
    call("ip link add lgbridge type bridge")
    try:
        call("ip address add {a}/24 dev lgbridge", a=NET % 1)
        call("ip link set lgbridge up")
        for i in (2, 3):
            connect(i)
            daemons.append(daemon(i, tmp_path))
        time.sleep(0.5)
        file = tmp_path / "hosts"
        file.write_text("# two\n%s\n%s\n" % (NET % 2, NET % 3))
        yield file, env
    finally:
        for each in daemons:
            each.kill()
            each.wait()
        for i in (2, 3):  # the cable first: a namespace may outlive its name a while
            subprocess.call(["ip", "link", "delete", "lgveth%d" % i])
            subprocess.call(["ip", "netns", "delete", "lg%d" % i])
        subprocess.call(["ip", "link", "delete", "lgbridge"])


def job(hosts, *flags):
    file, env = hosts
    command = [sys.executable, "scripts/launch.py", "-n", "2", "--hosts", str(file),
               "--allow-remote", "--", sys.executable, "scripts/train_gluon.py",
               "--kvstore", "dist_sync", *map(str, flags)]  # fmt: skip
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=str(ROOT), env={**os.environ, **env},
        stdout=pipe, stderr=pipe, universal_newlines=True)  # fmt: skip


def workers(mark):
    """Return the pids of the remote processes whose command holds a mark."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid) as file:
                words = file.read().split("\0")
        except OSError:
            continue
        if words[:1] == [sys.executable] and mark in words and "launch" not in words[1]:
            found.append(int(pid))
    return found


def test_hosts_give_the_same_bits(hosts, run, tmp_path):
    w, losses = result(run, tmp_path / "a.json", workers=2)
    done = job(hosts, "--quiet", "--json", tmp_path / "b.json")
    _, errors = done.communicate(timeout=300)
    assert done.returncode == 0, errors
    w2, losses2 = result_of(tmp_path / "b.json")
    assert w2 == w.tolist() and losses2 == losses


def result_of(file):
    found = json.loads(file.read_text())
    return found["learned"]["w"] + [found["learned"]["b"]], found["losses"]


@pytest.mark.parametrize("lost", ["launcher", "worker"])
def test_remote_processes_end(hosts, lost):
    mark = "0.000%d" % (1000 + os.getpid())  # a rate that no other run has
    running = job(hosts, "--lr", mark, "--epochs", 100000, "--quiet")
    deadline = time.monotonic() + 20
    while len(workers(mark)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2)
    pids = workers(mark)
    assert len(pids) == 2
    if lost == "launcher":
        running.kill()
        running.communicate()
    else:
        os.kill(pids[0], signal.SIGKILL)
        _, errors = running.communicate(timeout=120)
        assert running.returncode == 1 and "launch.py: worker" in errors
    deadline = time.monotonic() + 10
    while workers(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers(mark) == []
