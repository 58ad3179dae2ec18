"""Runs a program of MXNet's time as plain Python would, with the door open.

The program gets an interpreter of its own, and so do those that it starts: a folder on
PYTHONPATH holds a sitecustomize, which Python runs at its start. So sys.argv, __main__,
exit status, tracebacks, signals and the working folder are Python's own doing.
"""

import atexit
import os
import subprocess
import sys
import tempfile

from .lending import REPORT, kept_report

STARTUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "startup")


def environment(with_report):
    """Return the environment of the programs; with_report, one that names a file."""
    path = [STARTUP, *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    env.pop(REPORT, None)
    if with_report:
        handle, name = tempfile.mkstemp(prefix="linreg-gluon-report-")
        os.close(handle)
        env[REPORT] = f"{os.getpid()}:{name}"  # exec keeps the process's number
    return env


def execute(words, with_report=False):
    """Become ``python words``: does not return."""
    flags = subprocess._args_from_interpreter_flags()
    env = environment(with_report)
    sys.stdout.flush(), sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *flags, *words], env)


def begin():
    """Do what a program's process has to do before the program."""
    pid, _, path = os.environ.get(REPORT, "").partition(":")
    if pid == str(os.getpid()):
        atexit.register(tell, path)


def tell(path, worded=str):
    """Print the report, worded(text), on standard error, once."""
    if os.path.exists(path):
        print(worded(kept_report(path)), file=sys.stderr)
        os.remove(path)
