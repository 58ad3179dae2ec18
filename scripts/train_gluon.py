"""Part 2 of the lecture: the same model with Gluon's DataLoader, Dense and Trainer."""

import functools

from _door import cli

EXAMPLES = (
    "scripts/train_gluon.py --lr 0.1 --epochs 5 --json run.json",
    "scripts/train_gluon.py --csv houses.csv --target price --save-prefix out/houses",
)


def main():
    parser = cli.training_parser(__doc__, EXAMPLES)
    text = "be one worker of many; scripts/launch.py starts them"
    parser.add_argument("--kvstore", choices=["dist_sync"], help=text)
    told = cli.parse(parser)
    from linreg_gluon import concise  # after the flags: --help does not wait for MXNet

    def first_batch(features, labels, config):
        batches = concise.Batches(features, labels, config.batch_size, config.seed)
        batches.shuffle(0)
        return batches[0]

    path = cli.Path(concise.train, first_batch, "epoch %d, loss: %f", "gluon")
    if not told.kvstore:
        return cli.train(told, path)
    from linreg_gluon import parallel

    worker = parallel.join(told.kvstore)
    path = path._replace(train=functools.partial(parallel.train, kvstore=worker))
    return cli.train(told.silenced() if worker.rank else told, path, everyone=worker)


if __name__ == "__main__":
    cli.run(main)
