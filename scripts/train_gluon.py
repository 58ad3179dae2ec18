"""Part 2 of the lecture: the same model with Gluon's DataLoader, Dense and Trainer."""

from _door import cli


def main():
    args = cli.parse(cli.training_parser(__doc__))
    from linreg_gluon import concise  # after the flags: --help does not wait for MXNet

    def first_batch(features, labels, config):
        order = concise.BatchOrder(len(features), config.batch_size, config.seed)
        return next(iter(concise.data_loader(features, labels, order)))

    cli.train(args, concise.train, first_batch, "epoch %d, loss: %f")


if __name__ == "__main__":
    cli.run(main)
