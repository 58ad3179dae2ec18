"""Predict the rows of a CSV file with a saved model; other columns are kept."""

import sys

from _door import cli

from linreg_gluon import kept as models, tabular


def parser():
    flags = cli.Parser(__doc__)
    add = flags.add_argument
    text = "the model, as given to --save-prefix"
    add("--model", metavar="PREFIX", required=True, help=text)
    text = "rows with the model's columns, matched by name"
    add("--csv", metavar="FILE", required=True, help=text)
    add("--out", metavar="FILE", help="where to write (default: standard output)")
    return flags


def main():
    args = parser().parse_args()
    if args.out:
        cli.check_writable(args.out)
    kept = models.load(args.model)
    name = tabular.added_name(kept, args.csv)
    rows = tabular.predict_csv(kept, args.csv), kept.dtype
    if not args.out:
        tabular.write_predictions(sys.stdout, args.csv, name, *rows)
        return
    with cli.replacing(args.out) as part:
        with open(part, "w", encoding="utf-8", newline="") as file:
            tabular.write_predictions(file, args.csv, name, *rows)


if __name__ == "__main__":
    cli.run(main)
