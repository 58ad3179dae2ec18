"""Compare with the lecture: measure each of its claims again and print the verdicts."""

from _door import cli

EXAMPLES = (
    "scripts/compare_lecture.py --html out/lecture.html",
    "scripts/compare_lecture.py --step 7 --lang zh",
)


def parse():
    parser = cli.Parser(__doc__, EXAMPLES)
    add, text = parser.add_argument, "shuffles that each study reruns, at least 10"
    add("--runs", type=int, default=20, metavar="N", help=text)
    text = "print this step alone, 1 to 18: its code and its claims, measured"
    add("--step", type=int, choices=range(1, 19), metavar="N", help=text)
    text = "of --step, or in which the page of --html opens; en by default"
    add("--lang", choices=["en", "zh"], help=text)
    add("--json", metavar="FILE", help="write the comparison to FILE")
    text = "write one page with the figures to FILE (needs Jinja2 and matplotlib)"
    add("--html", metavar="FILE", help=text)
    args = parser.parse_args()
    if args.runs < 10:
        raise cli.UsageError(f"--runs must be at least 10, got {args.runs}")
    if args.lang and not (args.step or args.html):
        raise cli.UsageError("--lang needs --step N or --html FILE")
    if args.step and (args.json or args.html):
        raise cli.UsageError("--step only prints; leave out --json and --html")
    cli.check_outputs(args)
    return args


def main():
    args = parse()
    from linreg_gluon.lecture import Lab

    lab = Lab(args.runs)
    results = one_step(args, lab) if args.step else whole(args, lab)
    return 0 if all(result.as_recorded for result in results) else 1


def one_step(args, lab):
    """Print a step; return the Results of its claims."""
    from linreg_gluon.lecture import STEPS, terminal

    step = STEPS[args.step - 1]
    results = terminal.measured(step, lab)
    print(terminal.told(step, results, args.lang or "en"))
    return results


def whole(args, lab):
    """Print and write the whole comparison; return the Results."""
    from linreg_gluon.lecture import record, report

    with cli.counter(len(record.CLAIMS), "claim") as bar:
        results = record.compare(lab, lambda result: bar.update())
    here = report.this_platform()
    if args.json:
        cli.write_json(args.json, report.as_dict(results, here))
    if args.html:
        from linreg_gluon.lecture import page  # it needs matplotlib

        cli.write_text(args.html, page.html(results, lab, here, args.lang or "en"))
    print(record.headline(results), report.losses_table(lab, here), sep="\n\n")
    print("", report.text(results, here), sep="\n")
    return results


if __name__ == "__main__":
    cli.run(main)
