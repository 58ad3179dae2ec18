"""Standard input, or a pipe, as a file that can be read more than once."""

import atexit
import contextlib
import os
import shutil
import stat
import sys
import tempfile

from ..config import InputError
from .outputs import STANDARD


def seekable(path):
    """Return (a path to read, the name to show) for what --csv names.

    "-" is standard input. What is no regular file is copied to a temporary one, which
    is gone when the process ends: reading a table looks at it more than once.
    """
    if path != STANDARD and not is_pipe(path):
        return path, path
    handle, copy = tempfile.mkstemp(".csv", "linreg_gluon-")
    atexit.register(os.unlink, copy)
    name = "standard input" if path == STANDARD else path
    try:
        with open(handle, "wb") as file:
            if path == STANDARD:
                shutil.copyfileobj(sys.stdin.buffer, file)
            else:
                with open(path, "rb") as pipe:
                    shutil.copyfileobj(pipe, file)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from None
    return copy, name


def is_pipe(path):
    """Return whether a path names a pipe, a socket or a terminal."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextlib.contextmanager
def naming(copy, name):
    """Let an InputError that names a copy name what was given instead."""
    try:
        yield
    except InputError as error:
        raise InputError(str(error).replace(copy, name)) from None
