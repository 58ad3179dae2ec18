"""The lecturer's play with the learning rate: the final loss of many rates.

And a teacher's: with batch sizes, with the noise, with the number of examples.
"""

import dataclasses
import time

from _door import cli

EXAMPLES = (
    "scripts/sweep_lr.py --lrs 0.01,0.1,1 --curves --plot rates.png",
    "scripts/sweep_lr.py --csv houses.csv --target price --path gluon",
)
# Each flag's field, of the Config or of the data's Problem.
FIELDS = {"lrs": "lr", "batch_sizes": "batch_size"}
DATA_FIELDS = {"noises": "noise", "sizes": "num_examples"}


def parse(argv=None):
    """Return (what was told, the flags, the flag that is studied, its values)."""
    from linreg_gluon.lecture import LRS

    parser = cli.Parser(__doc__, EXAMPLES)
    add, one_of = parser.add_argument, parser.add_mutually_exclusive_group()
    text = "the rates, or the one of another study (default: %s)"
    text %= ",".join("%g" % lr for lr in LRS)
    add("--lrs", type=cli.numbers, metavar="LR,LR,...", help=text)
    for flag, kind, text in (
        ("--batch-sizes", cli.wholes, "study batch sizes, at one rate"),
        ("--noises", cli.numbers, "study the noise: w and b's error beside theory's"),
        ("--sizes", cli.wholes, "study the number of examples in the same way"),
    ):
        one_of.add_argument(flag, type=kind, metavar="X,X,...", help=text)
    text = "draw the loss of every epoch with --plot, not the last alone"
    add("--curves", action="store_true", help=text)
    add("--path", choices=["scratch", "gluon"], default="scratch", help="what trains")
    text = "shuffles of each value"
    add("--runs", type=cli.whole, default=5, metavar="N", help=text)
    cli.add_study_flags(parser)
    cli.add_table_flags(parser)
    args = parser.parse_args(argv)
    others = [n for n in ("batch_sizes", *DATA_FIELDS) if getattr(args, n) is not None]
    name = others[0] if others else "lrs"
    check(args, name)
    told, values = cli.told_of(args), getattr(args, name) or LRS
    if others and args.lrs:
        check_values(told, "lrs", args.lrs, args.runs)
        config = dataclasses.replace(told.config, lr=args.lrs[0])
        told = dataclasses.replace(told, config=config)
    check_values(told, name, values, args.runs)
    cli.check_outputs(args)
    return told, args, name, values


def check(args, name):
    """Raise UsageError where flags contradict the study of a flag's name."""
    flag = "--" + name.replace("_", "-")
    if args.curves and (not args.plot or name in DATA_FIELDS):
        raise cli.UsageError("--curves draws rates or batch sizes: give --plot FILE")
    if name in DATA_FIELDS:
        given = args.csv or args.dataset not in (None, "synthetic")
        if given or getattr(args, DATA_FIELDS[name]) is not None:
            text = "%s draws data of its own: leave out --csv, --dataset and --%s"
            field = DATA_FIELDS[name].replace("_", "-")
            raise cli.UsageError(text % (flag, field))
    if name != "lrs" and len(args.lrs or ()) > 1:
        raise cli.UsageError("%s is studied at one rate: give --lrs one number" % flag)
    if name in DATA_FIELDS and args.lrs and not args.lrs[0] < 1:
        raise cli.UsageError("theory's line is for rates below 1: give --lrs one")
    if name == "batch_sizes" and args.batch_size != 10:
        raise cli.UsageError("--batch-sizes studies many: leave out --batch-size")


def check_values(told, name, values, runs):
    """Raise UsageError naming a value that cannot be studied."""
    from linreg_gluon.config import check_int

    try:
        check_int("runs", runs, 1)
        for value in values:
            if name in FIELDS:
                dataclasses.replace(told.config, **{FIELDS[name]: value})
            elif not 0 < value < float("inf"):
                field = DATA_FIELDS[name]
                raise ValueError(f"{field} must be above 0 and finite, got {value!r}")
    except ValueError as error:
        flag = "--" + name.replace("_", "-")
        raise cli.UsageError("%s and --runs: %s" % (flag, error)) from None


def main():
    told, args, name, values = parse()
    from linreg_gluon import concise, scratch

    train = {"scratch": scratch, "gluon": concise}[args.path].train
    say = (lambda line: None) if told.quiet else (lambda line: print(line, flush=True))
    start = time.perf_counter()
    study = errors if name in DATA_FIELDS else losses
    record, figure = study(told, args, name, values, train, say)
    seconds = time.perf_counter() - start
    if told.plot:
        cli.save_figure(figure(), told.plot)
    if told.json:
        from linreg_gluon.versions import versions

        config = dataclasses.asdict(told.config)
        config.pop(FIELDS.get(name), None)
        which = told.problem.which if told.problem else None
        which = "synthetic" if name in DATA_FIELDS else which
        head = {"config": config, "dataset": which, "path": args.path}
        tail = {"versions": versions(), "seconds": seconds}
        cli.write_json(told.json, {**head, **record, **tail})


def losses(told, args, name, values, train, say):
    """Study rates or batch sizes; return (the record, what draws the figure)."""
    from linreg_gluon import lecture as lg

    study, field = cli.experiment(told), FIELDS[name]
    if not told.quiet:
        cli.print_plan(study.plan)
    epochs, what = told.config.num_epochs, field.replace("_", " ")
    say("loss after %d epochs, %d runs of each %s" % (epochs, args.runs, what))
    say(lg.HEADER.replace("lr".ljust(10), what.ljust(10)))
    courses, square = [], study.units.label_scale**2
    told_so = train, study.training, told.config, field, values
    for each in lg.studies.vary(*told_so, runs=args.runs):
        courses.append(dataclasses.replace(each, losses=each.losses * square))
        say(lg.row(courses[-1].point()))
    limits = lg.limits(study.training[0], told.config.batch_size)
    if field == "lr":
        said = ", ".join("%s %.2f" % item for item in limits.items())
        say("theory's limits: " + said)
    else:
        limits = {}
    points = [each.point() for each in courses]
    floor = noise(told, study)

    def figure():
        from linreg_gluon import plots

        if args.curves:
            return lg.drawings.curves_figure(courses, what, floor)
        said = "learning rate" if field == "lr" else what
        return plots.sweep_figure(points, limits, floor, said)

    found = lg.as_dict(points)
    if field != "lr":
        found = [{field: point.pop("lr"), **point} for point in found]
    return {"points": found, "limits": limits}, figure


def errors(told, args, name, values, train, say):
    """Study noise or examples; return (the record, what draws the figure)."""
    from linreg_gluon.lecture import drawings, studies

    field, points = DATA_FIELDS[name], []
    what = {"noise": "noise", "num_examples": "examples"}[field]
    say("rms error of w and b after %d epochs" % told.config.num_epochs)
    say("%-10s %-12s %-12s %s" % (what, "measured", "theory", "least squares"))
    told_so = train, told.problem, told.config, field, values
    for value, measured, (exact, sgd) in studies.vary_data(*told_so, runs=args.runs):
        points.append({field: value, "measured": measured, "theory": sgd})
        points[-1]["least_squares"] = exact
        say("%-10g %-12.3g %-12.3g %.3g" % (value, measured, sgd, exact))

    def figure():
        return drawings.errors_figure(points, field, what)

    return {"points": points}, figure


def noise(told, study):
    """Return the sd whose square is twice the least loss that can be had, or None."""
    if told.problem:
        return told.problem.noise
    return (2 * study.exact.loss) ** 0.5 if study.exact else None


if __name__ == "__main__":
    cli.run(main)
