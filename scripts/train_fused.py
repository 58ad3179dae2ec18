"""The same steps as in parts 1 and 2, all of them in one compiled MXNet graph."""

from _door import cli

EXAMPLES = (
    "scripts/train_fused.py --num-examples 1000000 --batch-size 100",
    "scripts/train_fused.py --csv houses.csv --target price --epochs 300",
)


def main():
    told = cli.parse(cli.training_parser(__doc__, EXAMPLES))
    from linreg_gluon import fused  # after the flags: --help does not wait for MXNet

    cli.train(told, cli.Path(fused.train, fused.first_batch, "epoch %d, loss %f"))


if __name__ == "__main__":
    cli.run(main)
