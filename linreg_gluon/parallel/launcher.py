"""Starting and watching the processes of a data-parallel job, without MXNet.

MXNet's parameter server hangs for ever when any one of its processes is lost. So the
launcher looks after them: by process id, and by a mark that each worker prints while it
trains. On the first loss it ends them all and says who was lost.
"""

import contextlib
import ctypes
import math
import os
import selectors
import signal
import subprocess
import sys
import time

from ..config import InputError
from .jobs import LostError, command_line, environment

MARK = b"\0linreg_gluon is alive"  # a worker's line that is kept from the user
BEGIN = 10  # times the patience that a worker has before its first mark
POLL = 0.1  # seconds between two looks at the children
GRACE = 5  # seconds that the others have after the first that left
PR_SET_PDEATHSIG = 1
HELD = signal.SIGTERM, signal.SIGINT


@contextlib.contextmanager
def held(signals):
    """Hold signals back meanwhile; yield what was held before.

    A child between its birth and its command would forget a signal that comes then:
    it has its parent's handlers still, and will never run them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def die_with(parent, mask):
    """Return what a child runs before its command, so that it dies with its parent.

    mask: the signals that its command is to hold back, from ``held``.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare():
        for each in HELD:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # gone already
            os._exit(1)

    return prepare


class Child:
    """A started process of the job; its lines come out with its name before them."""

    def __init__(self, plan):
        self.name, self.marked, self.rest = plan.name, None, {}
        self.started = time.monotonic()
        with held(HELD) as mask:
            self.process = subprocess.Popen(
                command_line(plan),
                env=environment(plan, os.environ),
                stdin=subprocess.DEVNULL if plan.host is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # a Ctrl-C is the launcher's to deal with
                preexec_fn=die_with(os.getpid(), mask),
            )

    def pass_on(self, pipe, stream):
        """Pass on what a pipe holds, by whole lines; return False at its end."""
        data = os.read(pipe.fileno(), 1 << 16)
        *lines, rest = (self.rest.get(pipe, b"") + data).split(b"\n")
        if not data and rest:
            lines, rest = [*lines, rest], b""
        self.rest[pipe] = rest
        for line in lines:
            if line.rstrip(b"\r") == MARK:
                self.marked = time.monotonic()
                continue
            text = line.decode("utf-8", "replace").rstrip("\r")
            stream.write("[%s] %s\n" % (self.name, text))
        stream.flush()
        return bool(data)

    def check(self, patience):
        """Return whether it still runs; LostError where it failed or stands still."""
        status = self.process.poll()
        if status:
            raise LostError(
                "%s %s" % (self.name, manner(status)), 2 if status == 2 else 1
            )
        since, limit = self.marked or self.started, patience
        if not self.marked:
            limit = BEGIN * patience if self.name.startswith("worker") else math.inf
        if status is None and time.monotonic() - since > limit:
            raise LostError(f"{self.name} made no progress for {limit:g} s")
        return status is None


def manner(status):
    """Return in words how a process ended, from Popen's returncode."""
    if status < 0:
        return "was killed by %s" % signal.Signals(-status).name
    return "failed with exit status %d" % status


class Job:
    """The processes of a list of Plans. Use as a context: none outlives it."""

    def __init__(self, plans):
        self.plans, self.children = plans, []
        self.selector = selectors.DefaultSelector()

    def __enter__(self):
        try:
            for plan in self.plans:
                child = Child(plan)
                self.children.append(child)
                for name in ("stdout", "stderr"):
                    pipe = getattr(child.process, name)
                    to = child, getattr(sys, name)
                    self.selector.register(pipe, selectors.EVENT_READ, to)
        except OSError as error:
            self.end()
            what = f"{error.filename}: cannot be started: {error.strerror}"
            raise InputError(what) from None
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *exception):
        self.end()

    def drain(self, seconds):
        """Pass on what the children print within so many seconds, or once."""
        for key, _ in self.selector.select(seconds):
            child, stream = key.data
            if not child.pass_on(key.fileobj, stream):
                self.selector.unregister(key.fileobj)
                key.fileobj.close()

    def watch(self, patience):
        """Return when all have ended well; LostError at the first loss.

        patience: seconds that a worker may go on without a mark; BEGIN times as long
        before its first.
        """
        left = None
        while True:
            self.drain(POLL)
            running = [child for child in self.children if child.check(patience)]
            if not running:
                return
            if len(running) < len(self.children):  # in an orderly end all leave at once
                left = left or time.monotonic()
                if time.monotonic() - left > GRACE:
                    break
        names = [child.name for child in running]
        if any(name.startswith("worker") for name in names):
            raise LostError("others left, and %s did not" % ", ".join(names))

    def end(self):
        """Kill whatever still runs, with all that it started, and pass on the rest."""
        for child in self.children:
            try:
                os.killpg(child.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for child in self.children:
            child.process.wait()
        while self.selector.get_map() and self.selector.select(0):
            self.drain(0)
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
