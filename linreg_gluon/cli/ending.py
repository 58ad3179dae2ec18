"""How a script ends: its exit status, and one line where it fails.

0 for success, 1 for a run that failed, 2 for wrong usage or input (always one line on
stderr, never a traceback), 130 after Ctrl-C.
"""

import builtins
import gc
import os
import signal
import sys

from ..config import DivergedError, InputError
from .parser import UsageError


def interrupt(signum, frame):
    """Raise KeyboardInterrupt, but not where Python would swallow it.

    The training loop frees arrays all the time, and an exception in a destructor (or in
    a callback of MXNet's) is printed and lost: there, try again a moment later.
    """
    while frame:
        if frame.f_code.co_name in ("__del__", "dl_managed_tensor_deleter"):
            signal.setitimer(signal.ITIMER_REAL, 0.001)
            return
        frame = frame.f_back
    raise KeyboardInterrupt


def run(main):
    """Call main() and exit with what it returns (None: 0); one line, no traceback.

    The handlers of signals are afterwards what they were: a notebook's %run goes on.
    """
    before = {}
    try:
        for number in (signal.SIGINT, signal.SIGALRM):
            before[number] = signal.signal(number, interrupt)
        status, line = main() or 0, None
        sys.stdout.flush()
    except KeyboardInterrupt:
        status, line = 130, "stopped by Ctrl-C"
    except Exception as error:
        status, line = told(error)
    if line:
        print("%s: %s" % (os.path.basename(sys.argv[0]), line), file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:  # what cannot be written must not fail again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # mid-step, MXNet's threads would abort an orderly exit; and one worker of many
    # would wait for the others in it
    abrupt = status == 130 or (status and "DMLC_ROLE" in os.environ)
    if not hasattr(builtins, "__IPYTHON__"):  # a kernel is to live on
        if abrupt:
            sys.stderr.flush()
            os._exit(status)
        gc.freeze()  # else Python would walk all that MXNet's import left once more
    for number, handler in before.items():
        signal.signal(number, handler)
    sys.exit(status)


def told(error):
    """Return (exit status, line for the user) of an error; raise it if it is ours."""
    if isinstance(error, (UsageError, InputError, ImportError)):
        return 2, str(error)
    if isinstance(error, DivergedError):
        return 1, str(error).replace("try lr", "try --lr")
    if isinstance(error, BrokenPipeError):  # | head: not a failure, but nobody reads on
        return 0, None
    if isinstance(error, (OSError, MemoryError, OverflowError)):  # a full disk, for one
        return 1, str(error)
    if type(error).__name__ == "MXNetError":  # MXNet itself may not be loaded
        return 1, "MXNet failed: " + str(error).strip().splitlines()[-1].strip()
    raise error
