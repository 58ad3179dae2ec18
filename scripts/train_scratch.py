"""Part 1 of the lecture: linear regression from scratch, on NDArray and autograd."""

from _door import cli

EXAMPLES = (
    "scripts/train_scratch.py --lr 0.1 --epochs 5 --plot losses.svg",
    "scripts/train_scratch.py --csv houses.csv --target price --holdout 0.2",
)


def main():
    told = cli.parse(cli.training_parser(__doc__, EXAMPLES))
    from linreg_gluon import scratch  # after the flags: --help does not wait for MXNet

    def first_batch(features, labels, config):
        data = scratch.borrowed(features), scratch.borrowed(labels)
        return next(scratch.data_iter(config.batch_size, *data, seed=config.seed))

    path = scratch.train, first_batch, "epoch %d, loss %f", "scratch"
    cli.train(told, cli.Path(*path))


if __name__ == "__main__":
    cli.run(main)
