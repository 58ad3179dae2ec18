"""Python runs this at its start in what ``python -m linreg_gluon.legacy`` runs.

It opens the door, and then does what Python would have done without it.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def open_door():
    """Open the door as the process that began this one did, if ours can be had."""
    home = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
    sys.path.append(home)  # for a checkout that is not installed
    try:
        from linreg_gluon.legacy import running
    except (ImportError, SyntaxError):  # some other Python, started by the program
        return
    finally:
        sys.path.remove(home)
    running.begin()


def another_sitecustomize():
    """Run the sitecustomize that this one stands in front of, if there is one."""
    own = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError:
        sys.modules["sitecustomize"] = own


sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != HERE]
open_door()
another_sitecustomize()
