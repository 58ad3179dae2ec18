"""The processes that a data-parallel job is made of, and where each of them runs."""

import collections
import ipaddress
import os
import shlex
import socket
import sys

from ..config import InputError

PORT = 9091  # of the scheduler on other machines, where none is known to be free

Plan = collections.namedtuple("Plan", "name host command env")
Plan.__doc__ = """A process to be: its name, host (None: here), command, variables."""


class LostError(RuntimeError):
    """A process of the job was lost: who, and how. status: what to exit with."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def free_port(address, port=None):
    """Return a port that is free at an address of this machine; port: the one wanted.

    Raises LostError where the wanted one is taken, InputError for a wrong address.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port or 0))
        except OSError as error:
            raise LostError(
                f"port {port} at {address}: {error.strerror}; "
                "leave out --port, or name another"
            ) from None
        return probe.getsockname()[1]


def read_hosts(path):
    """Return the addresses in a file, one a line, # begins a comment; or InputError."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.split("#")[0].strip() for line in file]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    hosts = [line for line in lines if line]
    for host in hosts:
        if host.startswith("-") or len(host.split()) > 1:
            raise InputError(f"{path}: {host!r} is no host; give one address a line")
    if not hosts:
        raise InputError(f"{path}: names no host; give one address a line")
    return hosts


def check_exposed(hosts, allowed):
    """Raise InputError where a job would listen beyond loopback and none allowed it."""
    for host in hosts:
        try:
            local = ipaddress.ip_address(host.split("@")[-1]).is_loopback
        except ValueError:
            local = False
        if not local and not allowed:
            raise InputError(
                f"on {host} the job would listen to the network, and MXNet's server "
                "runs whatever code it is sent, by anybody: on a trusted network "
                "give --allow-remote"
            )


def plan(command, num_workers, num_servers, *, hosts=None, port=None):
    """Return the Plans of a job: scheduler, servers, workers, hosts in turn.

    command: what each worker runs. hosts: addresses, None for this machine alone.
    """
    places = hosts or ["127.0.0.1"]
    addresses = [place.split("@")[-1] for place in places]  # user@ is for ssh alone
    job = {
        "DMLC_PS_ROOT_URI": addresses[0],
        "DMLC_PS_ROOT_PORT": port or (PORT if hosts else free_port(addresses[0])),
        "DMLC_NUM_WORKER": num_workers,
        "DMLC_NUM_SERVER": num_servers,
    }
    serve = [sys.executable, "-m", "linreg_gluon.parallel.server"]
    names = ["scheduler"]
    names += ["server %d" % i for i in range(num_servers)]
    names += ["worker %d" % i for i in range(num_workers)]
    seen, plans = collections.Counter(), []
    for name in names:
        role = name.split()[0]
        at = seen[role] % len(places)
        seen[role] += 1
        env = {**job, "DMLC_NODE_HOST": addresses[at]}
        if role == "worker":
            number = name.split()[1]
            env.update(DMLC_ROLE=role, LINREG_GLUON_WORKER=number)
            env.update(LINREG_GLUON_MARKS=1)
        line = command if role == "worker" else [*serve, role]
        env = {key: str(value) for key, value in env.items()}
        plans.append(Plan(name, hosts and places[at], line, env))
    return plans


def command_line(plan):
    """Return what is run on this machine for a Plan: its command, or an ssh.

    -tt: the remote process gets a terminal, so that it ends with the connection.
    """
    if plan.host is None:
        return list(plan.command)
    words = ["%s=%s" % pair for pair in plan.env.items()] + list(plan.command)
    there = " ".join(map(shlex.quote, words))
    remote = "cd %s && exec env %s" % (shlex.quote(os.getcwd()), there)
    return ["ssh", "-tt", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5",
            "-o", "ServerAliveInterval=5", plan.host, remote]  # fmt: skip


def environment(plan, inherited):
    """Return a process's variables: those inherited but for another job's."""
    prefixes = "DMLC_", "PS_", "LINREG_GLUON_"
    own = {k: v for k, v in inherited.items() if not k.startswith(prefixes)}
    return {**own, "PYTHONUNBUFFERED": "1", **plan.env}


def remedy(command):
    """Return how to go on after a loss, from the flags of the workers' command."""
    prefixes = [command[i + 1] for i, word in enumerate(command[:-1])
                if word in ("--save-prefix", "--resume")]  # fmt: skip
    if not prefixes:
        return "; run it again (--save-prefix and --save-interval would have kept it)"
    return f"; if an epoch was saved, go on with --resume {prefixes[-1]}"
