"""On and off: a .pth file by which every Python of an environment opens the door.

Python runs it at its start. It waits for ``import mxnet`` and does nothing before.
"""

import os
import sys
import sysconfig

NAME = "linreg_gluon_legacy.pth"
CODE = '''
class LinregGluonDoor:
    """Waits for the import of MXNet; see python -m linreg_gluon.legacy status."""
    def find_spec(self, name, path=None, target=None):
        if name != "mxnet":
            return None
        sys.meta_path.remove(self)
        try:
            from linreg_gluon.legacy import Door
        except ImportError:
            return None
        return Door.find_spec(name, path, target)
sys.meta_path.insert(0, LinregGluonDoor())
'''
LINE = f"import sys; exec({CODE!r})\n"  # a .pth file runs lines that begin with import


class HookError(Exception):
    """One line: why the door cannot be opened for this environment."""


def path():
    """Return where the line that opens the door stands in this environment."""
    return os.path.join(sysconfig.get_path("purelib"), NAME)


def status():
    """Return "on", "off" or "outdated"."""
    try:
        with open(path(), encoding="utf-8") as file:
            return "on" if file.read() == LINE else "outdated"
    except FileNotFoundError:
        return "off"


def on():
    """Open the door for every program of this virtual environment."""
    if sys.prefix == sys.base_prefix:
        raise HookError(
            f"{sys.executable} is no virtual environment, and the door would open for "
            "the whole system; make one with  python -m venv"
        )
    try:
        with open(path() + ".new", "w", encoding="utf-8") as file:
            file.write(LINE)
        os.replace(path() + ".new", path())
    except OSError as error:
        raise HookError(f"{path()} cannot be written: {error.strerror}") from None


def off():
    """Close it again; no trace is left."""
    try:
        os.remove(path())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise HookError(f"{path()} cannot be removed: {error.strerror}") from None
