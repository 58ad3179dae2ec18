"""``from _door import cli``: the command line, or one line on how to install it."""

import os
import sys

try:
    from linreg_gluon import cli  # noqa: F401
except ImportError as error:
    program = os.path.basename(sys.argv[0])
    remedy = "in the project's folder type  pip install -r requirements.txt"
    print(f"{program}: {error}; {remedy}", file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)
