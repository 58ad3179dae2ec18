"""The roles that hold no data: python -m linreg_gluon.parallel.server ROLE.

The launcher starts this beside the workers. compat refuses to import MXNet under
DMLC_ROLE=server, since that import would never return; here MXNet is imported as in any
process, and only then is the role taken, on purpose.
"""

import os
import sys

ROLES = ("scheduler", "server")


def main(argv):
    """Serve until every worker has left; exit with 0, or 2 for wrong usage."""
    if len(argv) != 1 or argv[0] not in ROLES:
        print("serve: give one role, %s" % " or ".join(ROLES), file=sys.stderr)
        return 2
    from ..compat import mx

    os.environ["DMLC_ROLE"] = argv[0]
    mx.kvstore.kvstore_server._init_kvstore_server_module()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
