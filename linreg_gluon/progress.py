"""A bar for a notebook or one's own script: train itself prints nothing."""

import contextlib


@contextlib.contextmanager
def progress_bar(num_epochs):
    """Yield an on_epoch(epoch, loss) for any train, which moves a tqdm bar.

        with progress_bar(config.num_epochs) as on_epoch:
            scratch.train(features, labels, config, on_epoch=on_epoch)

    num_epochs: to come. The bar shows the last loss, and stays when it is done.
    """
    from tqdm import tqdm

    # The text bar: the one of widgets warns in a notebook that lacks them.
    with tqdm(total=num_epochs, unit="epoch") as bar:

        def on_epoch(epoch, loss):
            bar.set_postfix_str("loss %.6g" % loss, refresh=False)
            bar.update()

        yield on_epoch
