"""The same steps as in parts 1 and 2, many at once (docs/fused.md)."""

from _door import cli

EXAMPLES = (
    "scripts/train_fused.py --num-examples 1000000 --batch-size 100",
    "scripts/train_fused.py --csv houses.csv --target price --epochs 300",
)


def main():
    parser = cli.training_parser(__doc__, EXAMPLES)
    text = "exchange once for a block of steps, or each step (default: the cheaper)"
    cli.add_worker_flags(parser)("--form", choices=["gram", "step"], help=text)
    cli.add_disk_flags(parser)
    told = cli.parse(parser)
    from linreg_gluon import fused  # after the flags: --help does not wait for MXNet

    path = cli.Path(fused.train, fused.first_batch, "epoch %d, loss %f")
    if told.kvstore:
        cli.train_as_worker(told, path, told.form)
    else:
        cli.train(told, path)


if __name__ == "__main__":
    cli.run(main)
