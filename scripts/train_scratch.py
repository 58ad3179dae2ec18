"""Part 1 of the lecture: linear regression from scratch, on NDArray and autograd."""

from _door import cli


def main():
    args = cli.parse(cli.training_parser(__doc__))
    from linreg_gluon import scratch  # after the flags: --help does not wait for MXNet

    def first_batch(features, labels, config):
        data = scratch.borrowed(features), scratch.borrowed(labels)
        return next(scratch.data_iter(config.batch_size, *data, seed=config.seed))

    cli.train(args, scratch.train, first_batch, "epoch %d, loss %f")


if __name__ == "__main__":
    cli.run(main)
