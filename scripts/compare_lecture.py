"""Compare with the lecture: measure each of its claims again and print the verdicts."""

from _door import cli


def parse():
    parser = cli.Parser(__doc__)
    text = "shuffles that each study reruns, at least 10"
    parser.add_argument("--runs", type=int, default=20, metavar="N", help=text)
    parser.add_argument("--json", metavar="FILE", help="write the comparison to FILE")
    text = "write one page with the figures to FILE (needs Jinja2 and matplotlib)"
    parser.add_argument("--html", metavar="FILE", help=text)
    args = parser.parse_args()
    if args.runs < 10:
        raise cli.UsageError(f"--runs must be at least 10, got {args.runs}")
    cli.check_outputs(args)
    return args


def main():
    args = parse()
    from linreg_gluon.lecture import claims, record, report

    lab = claims.Lab(args.runs)
    with cli.counter(len(record.CLAIMS), "claim") as bar:
        results = record.compare(lab, lambda result: bar.update())
    here = report.this_platform()
    if args.json:
        cli.write_json(args.json, report.as_dict(results, here))
    if args.html:
        cli.write_text(args.html, report.page(results, lab, here))
    print(record.headline(results), report.losses_table(lab, here), sep="\n\n")
    print("", report.text(results, here), sep="\n")
    return 0 if all(result.as_recorded for result in results) else 1


if __name__ == "__main__":
    cli.run(main)
