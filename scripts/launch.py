"""Train on several processes or machines: python scripts/launch.py -n 2 -- COMMAND."""

import shlex
import signal
import sys

from _door import cli

from linreg_gluon import parallel

EXAMPLES = (
    "scripts/launch.py -n 2 -- python scripts/train_gluon.py --kvstore dist_sync",
    "scripts/launch.py -n 4 --hosts hosts.txt --allow-remote -- python ...",
)


def parse():
    """Return the flags and, in args.command, what follows the --."""
    command = sys.argv[1:]
    at = command.index("--") if "--" in command else len(command)
    parser = cli.Parser(__doc__, EXAMPLES)
    add = parser.add_argument
    add("-n", "--workers", type=cli.positive, required=True, help="how many")
    add("-s", "--servers", type=cli.positive, default=1, help="how many")
    add("--hosts", metavar="FILE", help="addresses, one a line, reached by ssh")
    add("--port", type=cli.positive, help="the scheduler's (default: a free one)")
    text = "seconds that a worker may stand still; ten times as long at its start"
    add("--patience", type=cli.positive_real, default=60, help=text)
    add("--dry-run", action="store_true", help="print the commands and stop")
    text = "listen to the network: a trusted one only, there is no authentication"
    add("--allow-remote", action="store_true", help=text)
    args = parser.parse_args(command[:at])
    args.command = command[at + 1 :]
    if not args.command:
        parser.error("give the workers' command after --")
    return args


def main():
    args = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hosts = args.hosts and parallel.read_hosts(args.hosts)
    parallel.check_exposed(hosts or [], args.allow_remote)
    try:
        if args.port and not hosts:
            parallel.free_port("127.0.0.1", args.port)
        count = args.workers, args.servers
        plans = parallel.plan(args.command, *count, hosts=hosts, port=args.port)
        if args.dry_run:
            for plan in plans:
                words = map(shlex.quote, parallel.command_line(plan))
                print("[%s] %s" % (plan.name, " ".join(words)))
            return 0
        with parallel.Job(plans) as job:
            job.watch(args.patience)
    except parallel.LostError as error:
        remedy = "" if error.status == 2 else parallel.remedy(args.command)
        print(f"launch.py: {error}{remedy}", file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    cli.run(main)
