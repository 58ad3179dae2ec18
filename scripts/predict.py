"""Predict the rows of a file with a saved model; all its columns are kept."""

import sys

from _door import cli

from linreg_gluon import kept, tabular

EXAMPLES = (
    "scripts/predict.py --model out/houses --csv new.csv --out predicted.csv",
    "scripts/predict.py --model out/houses --csv - --interval 0.95 < new.csv",
)


def parse():
    parser = cli.Parser(__doc__, EXAMPLES)
    add = parser.add_argument
    text = "the model, as given to --save-prefix"
    add("--model", metavar="PREFIX", required=True, help=text)
    text = "rows as those it was trained on, columns by name; - for standard input"
    add("--csv", metavar="FILE", required=True, help=text)
    text = "where to write (default, and -: standard output)"
    add("--out", metavar="FILE", default="-", help=text)
    text = "add the interval that holds this share of targets, if errors are normal"
    add("--interval", type=cli.share, metavar="SHARE", help=text)
    text = "refuse rows that cannot be predicted (default: they are left empty)"
    add("--strict", action="store_true", help=text)
    group = parser.add_argument_group("how the file is written").add_argument
    cli.add_layout_flags(group)
    args = parser.parse_args()
    cli.check_outputs(args)
    return args


def main():
    args = parse()
    model = kept.load(args.model)
    path, name = cli.seekable(args.csv)
    with cli.naming(path, name):
        rows = tabular.rows_of(model, path, **cli.layout_of(args))
        added = tabular.added_name(model, rows)
        found = tabular.predict(model, rows, strict=args.strict, interval=args.interval)
    written = rows, added, found, model.dtype
    if args.out == "-":
        tabular.write_predictions(sys.stdout, *written)
    else:
        with cli.replacing(args.out) as part:
            with open(part, "w", encoding="utf-8", newline="") as file:
                tabular.write_predictions(file, *written)
    tell(found, args, model)


def tell(found, args, model):
    """Say on stderr what cannot be seen in the file."""
    if found.missing:
        n = len(found.values)
        text = f"{found.missing} of {n} rows cannot be predicted and are left empty"
        print(f"{text}; the first: {found.first}", file=sys.stderr)
    if model.smearing is not None:
        text = "predictions are exp of what was learned of log(%s), times the smearing "
        text %= model.names[-1]
        print(f"{text}factor {model.smearing:.4g}", file=sys.stderr)
    if args.interval is not None:
        share = f"{args.interval:g} of new targets lie in the intervals"
        print(f"{share} if errors are normal, alike and unrelated", file=sys.stderr)


if __name__ == "__main__":
    cli.run(main)
