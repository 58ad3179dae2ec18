"""``from _door import cli``: the command line, or one line on how to install it."""

import os
import sys

try:
    from linreg_gluon import cli  # noqa: F401
except ImportError as error:
    program = os.path.basename(sys.argv[0])
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    own = os.path.join(os.path.relpath(folder), ".venv", "bin", "python")
    remedy = "in the project's folder type  pip install -r requirements.txt"
    if os.path.exists(own):  # set up already, and this is another Python
        own = os.path.normpath(own)
        remedy = f"type  {own} {sys.argv[0]} ...  or first  . {own[:-6]}activate"
    print(f"{program}: {error}; {remedy}", file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)
