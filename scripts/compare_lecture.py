"""Compare with the lecture: measure each of its claims again and print the verdicts."""

import sys

from _door import cli

EXAMPLES = (
    "scripts/compare_lecture.py --html out/lecture.html",
    "scripts/compare_lecture.py --step 7 --lang zh --plot trap.png",
)


def parse():
    parser = cli.Parser(__doc__, EXAMPLES)
    add, text = parser.add_argument, "shuffles that each study reruns, at least 10"
    add("--runs", type=int, default=20, metavar="N", help=text)
    text = "print this step alone, 1 to 18: its code and its claims, measured"
    add("--step", type=int, choices=range(1, 19), metavar="N", help=text)
    text = "of what is printed, and in which the page of --html opens"
    add("--lang", choices=["en", "zh"], default="en", help=text)
    add("--json", metavar="FILE", help="write the comparison to FILE")
    text = "write one page with the figures to FILE (needs Jinja2 and matplotlib)"
    add("--html", metavar="FILE", help=text)
    text = "draw what step 7's missing reshape does into FILE, with --step 7"
    add("--plot", metavar="FILE", help=text)
    args = parser.parse_args()
    if args.runs < 10:
        raise cli.UsageError(f"--runs must be at least 10, got {args.runs}")
    if args.step and (args.json or args.html):
        raise cli.UsageError("--step only prints; leave out --json and --html")
    if args.plot and args.step != 7:
        raise cli.UsageError("--plot draws the trap of step 7: give --step 7")
    check_letters("中" if args.lang == "zh" else "−²ŷ" if args.step else "")
    cli.check_outputs(args)
    return args


def check_letters(text):
    """Raise UsageError where standard output cannot hold such signs."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        told = f"the output's encoding, {encoding}, lacks signs of the lecture: set "
        raise cli.UsageError(told + "PYTHONIOENCODING=utf-8 and run again") from None


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
    print(terminal.told(step, results, args.lang))
    if args.plot:
        draw_trap(args, lab)
    return results


def draw_trap(args, lab):
    """Write step 7's picture, in English where no font here has Chinese signs."""
    from linreg_gluon.lecture import drawings, labels, studies

    picture = drawings.trap_figure(*lab.data, studies.trap(*lab.data))
    if args.lang == "zh" and not labels.in_chinese(picture):
        print(f"{args.plot}：{labels.NO_FONT}", file=sys.stderr)
    cli.save_figure(picture, args.plot)


def whole(args, lab):
    """Print and write the whole comparison; return the Results."""
    from linreg_gluon.lecture import comparison, record, report

    unit = {"en": "claim", "zh": "条论断"}[args.lang]
    with cli.counter(len(record.CLAIMS), unit) as bar:
        results = record.compare(lab, lambda result: bar.update())
    here = report.this_platform()
    if args.json:
        cli.write_json(args.json, report.as_dict(results, here))
    if args.html:
        from linreg_gluon.lecture import page  # it needs matplotlib

        cli.write_text(args.html, page.html(results, lab, here, args.lang))
    print(comparison.told(results, lab, here, args.lang))
    return results


if __name__ == "__main__":
    cli.run(main)
