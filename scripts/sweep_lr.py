"""The lecturer's play with the learning rate: the final loss of many rates."""

import dataclasses
import time

from _door import cli

EXAMPLES = (
    "scripts/sweep_lr.py --lrs 0.01,0.1,1 --plot rates.png",
    "scripts/sweep_lr.py --csv houses.csv --target price --path gluon",
)


def parse(argv=None):
    """Return (what was told, path, rates, runs)."""
    from linreg_gluon.lecture import LRS, check_rates

    parser = cli.Parser(__doc__, EXAMPLES)
    add, lrs = parser.add_argument, ",".join("%g" % lr for lr in LRS)
    add("--lrs", type=cli.numbers, metavar="LR,LR,...", default=lrs, help="the rates")
    add("--path", choices=["scratch", "gluon"], default="scratch", help="what trains")
    text = "shuffles of each rate"
    add("--runs", type=cli.whole, default=5, metavar="N", help=text)
    cli.add_study_flags(parser)
    cli.add_table_flags(parser)
    args = parser.parse_args(argv)
    told = cli.told_of(args)
    try:
        check_rates(args.lrs, told.config, args.runs)
    except ValueError as error:
        raise cli.UsageError("--lrs and --runs: %s" % error) from None
    cli.check_outputs(args)
    return told, args.path, args.lrs, args.runs


def main():
    told, path, lrs, runs = parse()
    from linreg_gluon import concise, scratch
    from linreg_gluon import lecture as lg

    study = cli.experiment(told)
    if not told.quiet:
        cli.print_plan(study.plan)
    limits = lg.limits(study.training[0], told.config.batch_size)
    say = (lambda line: None) if told.quiet else (lambda line: print(line, flush=True))
    say("loss after %d epochs, %d runs of each lr" % (told.config.num_epochs, runs))
    say(lg.HEADER)
    points, start = [], time.perf_counter()
    train = {"scratch": scratch, "gluon": concise}[path].train
    square = study.units.label_scale**2
    for point in lg.sweep(train, study.training, told.config, lrs=lrs, runs=runs):
        points.append(dataclasses.replace(point, losses=point.losses * square))
        say(lg.row(points[-1]))
    seconds = time.perf_counter() - start
    say("theory's limits: " + ", ".join("%s %.2f" % item for item in limits.items()))
    if told.plot:
        from linreg_gluon import plots

        floor = noise(told, study)
        cli.save_figure(plots.sweep_figure(points, limits, floor), told.plot)
    if told.json:
        cli.write_json(told.json, record(told, path, points, limits, seconds))


def noise(told, study):
    """Return the sd whose square is twice the least loss that can be had, or None."""
    if told.problem:
        return told.problem.noise
    return (2 * study.exact.loss) ** 0.5 if study.exact else None


def record(told, path, points, limits, seconds):
    """Return the study for --json."""
    from linreg_gluon.compat import versions
    from linreg_gluon.lecture import as_dict

    config = dataclasses.asdict(told.config)
    del config["lr"]
    return {
        "config": config,
        "dataset": told.problem.which if told.problem else None,
        "path": path,
        "points": as_dict(points),
        "limits": limits,
        "versions": versions(),
        "seconds": seconds,
    }


if __name__ == "__main__":
    cli.run(main)
