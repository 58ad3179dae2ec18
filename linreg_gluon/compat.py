"""The one door to MXNet: ``from linreg_gluon.compat import mx``.

What MXNet 1.9.1 needs for it is in door.py. Where it cannot work, the import raises one
``ImportError`` that names the cause and the remedy.
"""

import contextlib
import functools
import gc
import itertools
import sys

if __name__ == "__main__":
    words = " ".join(sys.argv[1:]) or "SCRIPT.py"
    print(
        "linreg_gluon.compat runs no program; to run one that was written for MXNet, "
        f"type  python -m linreg_gluon.legacy {words}",
        file=sys.stderr,
    )
    sys.exit(2)

from . import door


def _import_mxnet():
    import mxnet

    return mxnet


# Through the door of legacy.py it may be there already.
mx = sys.modules["mxnet"] if door.is_open() else door.load(_import_mxnet)
BULK = 64  # operations; from 16 on it is as quick
FROZEN_AT_START = 1000  # objects at most, by Python 3.12 itself; others freeze none
FULL_EVERY = 64  # a full collection takes as long as 30 batches or more
_collections = itertools.count(1)


@contextlib.contextmanager
def short_collections():
    """Let a DataLoader collect only young garbage, but one in FULL_EVERY all.

    Each begins with a full collection, which walks the 50,000 objects that MXNet's
    import leaves. Young is the net of the last training, a cycle that holds 0.2 MB. And
    because a full collection makes Python put off its own, what is older would never go
    without those in FULL_EVERY. Where somebody has frozen objects, nothing is changed.
    """
    if next(_collections) % FULL_EVERY == 0 or gc.get_freeze_count() > FROZEN_AT_START:
        yield
        return
    gc.collect(1)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def classic_arrays(function):
    """Return the function working with mx.nd, also where mx.npx.set_np() was called."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        with mx.util.np_array(False), mx.util.np_shape(False):
            return function(*args, **kwargs)

    return call


def in_bulk(function):
    """Return the function handing MXNet's engine up to BULK operations at once.

    One by one, each wakes a thread of the engine, which may take longer than the
    operation does.
    """

    @functools.wraps(function)
    def call(*args, **kwargs):
        with mx.engine.bulk(BULK):
            return function(*args, **kwargs)

    return call
