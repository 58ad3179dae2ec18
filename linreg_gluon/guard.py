"""What stands around a training: one at a time, from a known state, to a quiet end.

A signal handler (Ctrl-C, an alarm) may run or raise between any two lines of a
training. A training begun there would record amid the one that it interrupts; and an
exception would leave while MXNet's engine still reads arrays that are about to be
freed.
"""

import contextlib
import functools
import os
import sys

from .config import Watch

# {id: code} of each guarded train. To hash the code itself, for each frame of the
# stack, would take longer than all else here; kept, so that no other has its id.
_trainings = {}


def uninterrupted(train):
    """Return a path's train as one that no other training interrupts.

    Raises RuntimeError, before any work, where it is called from within a training of
    this thread, but for on_epoch.
    """
    code = getattr(train, "__wrapped__", train).__code__
    _trainings[id(code)] = code

    @functools.wraps(train)
    def alone(*args, **kwargs):
        if interrupting():
            raise RuntimeError(
                "a training is running here and cannot be left for another one in its "
                "middle: let the signal handler set a flag, and train afterwards"
            )
        return train(*args, **kwargs)

    return alone


def guarded(train):
    """Return a path's train, uninterrupted, as one that may end at any line.

    Recording and training mode are off when it begins, and afterwards as they were;
    MXNet's engine is idle when an exception leaves.
    """
    from .compat import mx  # not above: fused is uninterrupted without MXNet

    @functools.wraps(train)
    def settled(*args, **kwargs):
        before = state(mx)
        try:
            mx.autograd.set_recording(False), mx.autograd.set_training(False)
            return train(*args, **kwargs)
        except BaseException:
            settle(mx)
            raise
        finally:
            restore(mx, *before)

    return uninterrupted(settled)


def interrupting():
    """Return whether alone's caller is within a training that is not in on_epoch.

    The stack is asked: a flag might be left set by an exception. A train that hands
    over to another one, as its last act, does not interrupt itself.
    """
    frame, tell = sys._getframe(2), Watch.tell.__code__
    if id(frame.f_code) in _trainings:
        return False
    while frame and frame.f_code is not tell:
        if id(frame.f_code) in _trainings:
            return True
        frame = frame.f_back
    return False


def state(mx):
    """Return what an exception inside MXNet's own with-statements could leave changed.

    recording, training; and {thread-local place: scope} of Gluon's names.
    """
    places = mx.gluon.block._BlockScope._current, mx.name.NameManager._current
    scopes = {place: getattr(place, "value", None) for place in places}
    return mx.autograd.is_recording(), mx.autograd.is_training(), scopes


def restore(mx, recording, training, scopes):
    """Put back what state returned."""
    mx.autograd.set_recording(recording), mx.autograd.set_training(training)
    for place, scope in scopes.items():
        place.value = scope


def settle(mx):
    """Wait until MXNet's engine is idle; what failed in it is not raised again.

    Not in one worker of many: it might wait for the others, and for ever.
    """
    if "DMLC_PS_ROOT_URI" not in os.environ:
        with contextlib.suppress(mx.MXNetError):
            mx.nd.waitall()
