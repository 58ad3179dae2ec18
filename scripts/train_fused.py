"""The same steps as in parts 1 and 2, all of them in one compiled MXNet graph."""

from _door import cli


def main():
    args = cli.parse(cli.training_parser(__doc__))
    from linreg_gluon import fused  # after the flags: --help does not wait for MXNet

    cli.train(args, fused.train, fused.first_batch, "epoch %d, loss %f")


if __name__ == "__main__":
    cli.run(main)
