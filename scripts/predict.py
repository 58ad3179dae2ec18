"""Predict the rows of a CSV file with a saved model; other columns are kept."""

import sys

from _door import cli

from linreg_gluon import kept, tabular

EXAMPLES = (
    "scripts/predict.py --model out/houses --csv new.csv --out predicted.csv",
    "scripts/predict.py --model out/houses --csv - < new.csv",
)


def parse():
    parser = cli.Parser(__doc__, EXAMPLES)
    add = parser.add_argument
    text = "the model, as given to --save-prefix"
    add("--model", metavar="PREFIX", required=True, help=text)
    text = "rows with the model's columns, matched by name; - for standard input"
    add("--csv", metavar="FILE", required=True, help=text)
    text = "where to write (default, and -: standard output)"
    add("--out", metavar="FILE", default="-", help=text)
    args = parser.parse_args()
    cli.check_outputs(args)
    return args


def main():
    args = parse()
    model = kept.load(args.model)
    path, name = cli.seekable(args.csv)
    with cli.naming(path, name):
        added = tabular.added_name(model, path)
        rows = tabular.predict_csv(model, path), model.dtype
    if args.out == "-":
        tabular.write_predictions(sys.stdout, path, added, *rows)
        return
    with cli.replacing(args.out) as part:
        with open(part, "w", encoding="utf-8", newline="") as file:
            tabular.write_predictions(file, path, added, *rows)


if __name__ == "__main__":
    cli.run(main)
