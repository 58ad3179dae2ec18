"""Part 2 of the lecture: the same model with Gluon's DataLoader, Dense and Trainer."""

from _door import cli

EXAMPLES = (
    "scripts/train_gluon.py --lr 0.1 --epochs 5 --json run.json",
    "scripts/train_gluon.py --csv houses.csv --target price --save-prefix out/houses",
)


def main():
    parser = cli.training_parser(__doc__, EXAMPLES)
    cli.add_worker_flags(parser)
    told = cli.parse(parser)
    from linreg_gluon import concise  # after the flags: --help does not wait for MXNet

    def first_batch(features, labels, config):
        batches = concise.Batches(features, labels, config.batch_size, config.seed)
        batches.shuffle(0)
        return batches[0]

    path = cli.Path(concise.train, first_batch, "epoch %d, loss: %f", "gluon")
    if told.kvstore:
        cli.train_as_worker(told, path, form="step")
    else:
        cli.train(told, path)


if __name__ == "__main__":
    cli.run(main)
