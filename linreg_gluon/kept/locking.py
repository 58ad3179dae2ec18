"""One writer at a time: a lock beside a model's files.

The kernel lets go of it when its holder dies, however that happens: so a lock is never
stale. Its file holds the number of the process, for whoever has to wait too long.
"""

import contextlib
import fcntl
import os
import time

PATIENCE = 60  # seconds; a save takes some hundredths of one, on a busy machine more
PAUSE = 0.002


def lock_file(prefix):
    """Return the path of the lock of a model's files."""
    folder, name = os.path.split(prefix)
    return os.path.join(folder, "." + name + ".lock")


@contextlib.contextmanager
def locked(prefix):
    """Hold the lock of a model's files; OSError names who holds it for too long."""
    path, until = lock_file(prefix), time.monotonic() + PATIENCE
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if taken(handle, path):
            break
        holder = os.read(handle, 20).decode("ascii", "replace") or "another process"
        os.close(handle)
        if time.monotonic() > until:
            raise OSError(
                f"{prefix}: process {holder} has been writing it for {PATIENCE} s; "
                "wait for it, end it, or save under another prefix"
            )
        time.sleep(PAUSE)
    try:
        with contextlib.suppress(OSError):  # a full disk: the name is a courtesy
            os.write(handle, b"%d" % os.getpid())
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
        os.close(handle)


def taken(handle, path):
    """Return whether the lock was free, and its file is still the one at path."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except (BlockingIOError, FileNotFoundError):  # held, or gone with who held it
        return False
