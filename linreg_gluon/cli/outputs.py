"""The files that flags name: checked before any work, written whole or not at all."""

import contextlib
import json
import os
import sys
import tempfile
from importlib.util import find_spec

from .parser import UsageError

PLOT_FORMATS = (".png", ".svg", ".pdf")
STANDARD = "-"  # names standard output, or standard input


def check_outputs(args):
    """Raise UsageError unless the files that the flags name can be written, each once.

    args: of any script; the files of a model and of its export count.
    """
    named = {}
    for flag, path in written(args):
        check_writable(path)
        named.setdefault(place(path), []).append((flag, path))
    for flag in ("csv", "hosts"):
        path = getattr(args, flag, None)
        if path and path != STANDARD:
            named.setdefault(place(path), []).append(("--" + flag, path))
    for users in named.values():
        if len(users) > 1:
            (one, path), (other, _) = users[:2]
            raise UsageError(f"{one} and {other} both name {path}; give one another")
    if getattr(args, "plot", None):
        check_plot(args.plot)
    if getattr(args, "html", None):
        check_installed("--html", "matplotlib", "jinja2")


def written(args):
    """Yield (flag, path) of each file that the flags ask to write."""
    for name in ("plot", "json", "html", "out"):
        path = getattr(args, name, None)
        if path and not (name in ("json", "out") and path == STANDARD):
            yield "--" + name, path
    endings = {
        "save_prefix": (".json", ".params"),
        "export": ("-symbol.json", "-0000.params"),
    }
    for name, each in endings.items():
        prefix, flag = getattr(args, name, None), "--" + name.replace("_", "-")
        if prefix and not os.path.basename(prefix):
            raise UsageError(
                f"{flag} {prefix}: names a folder; add a name for the files, such as "
                f"{prefix}model"
            )
        for ending in each if prefix else ():
            yield flag, prefix + ending
    if getattr(args, "keep", False):
        yield "--keep", args.save_prefix + ".rows.npy"


def place(path):
    """Return what tells whether two paths are one file."""
    return os.path.realpath(path)


def check_writable(path):
    """Raise UsageError unless a file can be made at path."""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise UsageError(
            f"{path}: there is no folder {folder}; type  mkdir -p {folder}"
        )
    irregular = os.path.exists(path) and not os.path.isfile(path)
    if irregular or not os.access(folder, os.W_OK):
        raise UsageError(f"{path}: cannot be written; name a file in a writable folder")


def check_plot(path):
    """Raise UsageError unless path's extension and matplotlib allow a plot."""
    if os.path.splitext(path)[1].lower() not in PLOT_FORMATS:
        wanted = ", ".join(PLOT_FORMATS)
        raise UsageError(f"--plot {path}: the file must end in one of {wanted}")
    check_installed("--plot", "matplotlib")


def check_installed(flag, *modules):
    """Raise UsageError unless what a flag needs is installed."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        install = 'pip install %s "numpy<2"' % " ".join(missing)
        raise UsageError(f"{flag} needs {' and '.join(missing)}: type  {install}")


def write_json(path, result):
    """Write a dict as JSON, whole or not at all; "-" is standard output."""
    text = json.dumps(result, indent=2) + "\n"
    if path == STANDARD:
        sys.stdout.write(text)
    else:
        write_text(path, text)


def write_text(path, text):
    """Write a text file, whole or not at all."""
    with replacing(path) as part, open(part, "w", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def replacing(path):
    """Yield a temporary name beside path; it becomes path only when all went well."""
    folder, name = os.path.split(path)
    stem, extension = os.path.splitext(name)
    handle, part = tempfile.mkstemp(extension, "." + stem + "-", folder or ".")
    os.close(handle)
    try:
        yield part
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(part, 0o666 & ~umask)  # mkstemp's 0600 is not what a user expects
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def save_figure(figure, path):
    """Write a matplotlib Figure, whole or not at all."""
    with replacing(path) as part:
        figure.savefig(part, dpi=150)
