"""Part 2 of the lecture: the same model with Gluon's DataLoader, Dense and Trainer."""

import functools

from _door import cli


def main():
    parser = cli.training_parser(__doc__)
    text = "be one worker of many; scripts/launch.py starts them"
    parser.add_argument("--kvstore", choices=["dist_sync"], help=text)
    args = cli.parse(parser)
    from linreg_gluon import concise  # after the flags: --help does not wait for MXNet

    def first_batch(features, labels, config):
        batches = concise.Batches(features, labels, config.batch_size, config.seed)
        batches.shuffle(0)
        return batches[0]

    train = concise.train
    if args.kvstore:
        from linreg_gluon import parallel

        train = functools.partial(train, kvstore=parallel.join(args))
    cli.train(args, train, first_batch, "epoch %d, loss: %f")


if __name__ == "__main__":
    cli.run(main)
