"""A trained model on disk: PREFIX.json, and PREFIX.params for Gluon to load.

MXNet truncates a file in place and says nothing of a full disk, so it never writes to
the model's own files. Both are written beside them, read back and forced to the disk.
Then the JSON file takes its place: that is the moment of saving, for it names the
sha256 of the parameters it goes with. Last, the parameters take theirs; a kill in
between leaves them in .PREFIX.params.new, where load finds them by their sha256.
"""

import contextlib
import os

import numpy as np

from ..config import InputError
from .locking import locked
from .model import from_json, gluon_params, parse, sha256, to_json


def files(prefix):
    """Return the paths of a model's JSON and parameters, and of their next version."""
    folder, name = os.path.split(prefix)
    new = os.path.join(folder, "." + name)
    return prefix + ".json", prefix + ".params", new + ".json.new", new + ".params.new"


def bare(prefix):
    """Return a prefix without the ending of a model's file that it was given with."""
    stem, ending = os.path.splitext(prefix)
    return stem if ending in (".json", ".params") and os.path.exists(prefix) else prefix


def check_mxnet():
    """Raise ImportError without MXNet, which writes a model's parameters.

    fused trains without it, and it would be missed only at the end.
    """
    from .. import compat  # noqa: F401


def save(prefix, model):
    """Save a Model under PREFIX; whenever a kill comes, load(prefix) finds a whole one.

    Raises OverflowError for a parameter that its dtype cannot hold, OSError where the
    disk does not keep what was written, or another process holds the lock for too long
    (locking.py); the previous model then stays as it was.
    """
    with locked(prefix):
        write_both(prefix, model)


def write_both(prefix, model):
    """Save a Model as save does, for who holds the lock."""
    from ..versions import versions

    facts, params, new_facts, new_params = files(prefix)
    folder = os.path.dirname(prefix) or "."
    finish(prefix)
    try:
        write_params(new_params, gluon_params(model))
        write(new_facts, to_json(model, sha256(read(new_params)), versions()))
        force(folder)
    except BaseException:
        remove(new_params)
        remove(new_facts)
        raise
    os.replace(new_facts, facts)
    force(folder)
    os.replace(new_params, params)
    force(folder)


TRIES = 100  # readings of two files between which another process may have saved


def load(prefix):
    """Return the Model saved under PREFIX, after checking every byte of it.

    PREFIX.json and PREFIX.params mean the same, if they are there. Changes no model on
    the disk. Raises InputError naming the file and what is wrong.
    """
    prefix, seen = bare(prefix), None
    for _ in range(TRIES):
        model, text = found(prefix)
        if model or text == seen:
            break
        seen = text  # a save went on while this was reading: once more
    if model is None:
        with quiet(prefix):  # two files that do not fit, while nobody writes
            model, _ = found(prefix)
    if model is None:
        raise damaged(prefix)
    return model


def found(prefix):
    """Return (the Model or None where its two files do not fit, the JSON's bytes)."""
    facts, params, _, new_params = files(prefix)
    text = read(facts)
    if text is None:
        raise InputError(
            f"{facts}: there is no such model; name what --save-prefix was given"
        )
    saved = parse(facts, text)
    for path in (params, new_params):  # the second: killed between the two
        blob = read(path)
        if blob and sha256(blob) == saved["params_sha256"]:
            return from_json(facts, saved), text
    return None, text


@contextlib.contextmanager
def quiet(prefix):
    """Hold the lock, if this process may write there: else nobody can be waited for."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            stack.enter_context(locked(prefix))
        yield


def damaged(prefix):
    """Return the InputError for two files that do not fit."""
    facts, params, *_ = files(prefix)
    fault = "is missing"
    if os.path.exists(params):
        fault = f"is damaged, or not what {facts} names"
    return InputError(f"{params}: {fault}; bring both files back from a copy")


def finish(prefix):
    """Finish or undo what a killed save left: afterwards both files are in place."""
    facts, params, new_facts, new_params = files(prefix)
    blob = read(new_params)
    if blob is not None:
        try:
            committed = parse(facts, read(facts) or b"")["params_sha256"]
        except InputError:
            committed = None
        if committed == sha256(blob):
            os.replace(new_params, params)
        else:
            os.unlink(new_params)
    remove(new_facts)


def write_params(path, arrays):
    """Write arrays in Gluon's format; OSError unless they can be read back."""
    from ..compat import mx

    try:
        mx.nd.save(path, {k: mx.nd.array(a, dtype=a.dtype) for k, a in arrays.items()})
    except mx.MXNetError:
        raise unwritten(path) from None
    check_written(path, list(arrays.values()))
    force(path)


def check_written(path, arrays):
    """Raise OSError unless a file that MXNet wrote holds these arrays, in order."""
    from ..compat import mx

    try:
        saved = mx.nd.load_frombuffer(read(path) or b"\0")
    except mx.MXNetError:
        raise unwritten(path) from None
    kept = [array.asnumpy() for array in saved.values()]
    if len(kept) != len(arrays) or not all(map(np.array_equal, kept, arrays)):
        raise unwritten(path)


def unwritten(path):
    """Return the OSError for a file that MXNet left empty or cut off, silently."""
    return OSError(
        f"{path}: could not be written whole; is the disk full, or the folder gone?"
    )


def write(path, content):
    """Write bytes to a file and force them to the disk; OSError names the file."""
    try:
        with open(path, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(f"{path}: cannot be written: {error.strerror}") from None


def force(path):
    """Force what was written to a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path):
    """Return a file's bytes, None where there is none; or raise InputError."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def remove(path):
    """Delete a file if it is there."""
    if os.path.exists(path):
        os.unlink(path)
