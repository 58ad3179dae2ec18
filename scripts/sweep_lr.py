"""The lecturer's play with the learning rate: the final loss of many rates."""

import dataclasses
import time

from _door import cli


def parse(argv=None):
    from linreg_gluon.lecture import rates as sweep

    parser = cli.study_parser(__doc__)
    add = parser.add_argument
    lrs = ",".join("%g" % lr for lr in sweep.LRS)
    add("--lrs", type=cli.numbers, metavar="LR,LR,...", default=lrs, help="the rates")
    add("--path", choices=["scratch", "gluon"], default="scratch", help="what trains")
    add("--runs", type=int, default=5, metavar="N", help="shuffles of each rate")
    args = cli.parse(parser, argv)
    try:
        sweep.check_int("runs", args.runs, 1)
        sweep.configs(args.lrs, args.config)
    except ValueError as error:
        raise cli.UsageError("--lrs and --runs: " + str(error)) from None
    return args


def main():
    args = parse()
    from linreg_gluon.compat import versions
    from linreg_gluon.lecture import claims
    from linreg_gluon.lecture import rates as sweep

    data = cli.load_data(args)
    limits = sweep.limits(data[0], args.config.batch_size)
    say = (lambda line: None) if args.quiet else (lambda line: print(line, flush=True))
    say("loss after %d epochs, %d runs of each lr" % (args.num_epochs, args.runs))
    say(sweep.HEADER)
    points, start = [], time.perf_counter()
    train = claims.PATHS[args.path].train
    for point in sweep.sweep(train, data, args.config, lrs=args.lrs, runs=args.runs):
        points.append(point)
        say(sweep.row(point))
    seconds = time.perf_counter() - start
    say("theory's limits: " + ", ".join("%s %.2f" % item for item in limits.items()))
    if args.plot:
        from linreg_gluon import plots

        cli.save_figure(plots.sweep_figure(points, limits, args.noise), args.plot)
    if args.json:
        config = dataclasses.asdict(args.config)
        del config["lr"]
        record = {"config": config, "dataset": args.dataset, "path": args.path,
                  "points": sweep.as_dict(points), "limits": limits,
                  "versions": versions(), "seconds": seconds}  # fmt: skip
        cli.write_json(args.json, record)


if __name__ == "__main__":
    cli.run(main)
