"""What the training scripts print: the lecture's lines, progress, what was learned."""

import contextlib
import sys
import threading
import time

import numpy as np

from ..theory import recovery_tolerance

BAR_DELAY = 3  # seconds before a progress bar appears


def print_batch(X, y, rows=10):
    """Print a first batch as the lecture does (step 3), at most ``rows`` rows of it."""
    if len(y) > rows:
        print("first batch, %d of its %d rows:" % (rows, len(y)))
    # An NDArray begins with a line of its own, as the notebooks show it.
    print(X[:rows], y[:rows], sep="\n" if isinstance(X, np.ndarray) else " ")


def print_plan(plan):
    """Print how a file's columns became numbers, where it is not as plain as can be."""
    if plan and not plan.is_plain:
        print(*plan.said(), sep="\n")


def print_units(study):
    """Say in which units the batch above and the losses below are, if they differ.

    Of many workers none prints a batch.
    """
    name, logged = study.names[-1], study.target != study.names[-1]
    below = f"losses below are of {study.target}" if logged else (
        f"losses below are in {name}'s own unit, squared")  # fmt: skip
    if study.units.changed and not study.whole:
        print(f"(in units of mean 0 and sd 1, as training sees it; {below})")
    elif logged:
        print(f"({below})")


def print_notebook_note(part, problem, config):
    """Say at its place why a part's first loss is not its notebook's."""
    from ..lecture import recorded

    printed = recorded()[part]
    alike = config.batch_size == printed["batch_size"] and problem.which == "lecture"
    if alike and config.lr != printed["lr"]:
        first, ran = printed["epoch_loss_printed"][0], printed["lr"]
        print("(the notebook prints %s first: it ran at --lr %g)" % (first, ran))


def print_going_on(keeping, config):
    """Say from which epoch a kept model goes on, or that nothing is left to train."""
    if not keeping.resumed:
        return
    seen = keeping.epochs_seen
    if keeping.epochs_left(config):
        print("going on after epoch %d of %d" % (seen, config.num_epochs))
    else:
        print("nothing is left to train: the model has seen all %d epochs" % seen)


def print_full_batch(study, config):
    """Say that a batch is all examples, where it was asked to be larger."""
    n = study.rows["training"]
    if config.batch_size > n:
        text = "note: --batch-size %d is more than the %d examples: each step takes all"
        print(text % (config.batch_size, n) + " of them")


def counter(total, unit):
    """Return a tqdm bar that is drawn on a terminal only."""
    from tqdm import tqdm

    return tqdm(total=total, unit=unit, leave=False, disable=None)


@contextlib.contextmanager
def progress(num_epochs, epoch_line, *, interval=1, seen=0):
    """Yield an on_epoch that prints epoch_line % (epoch, loss), None for no printing.

    num_epochs: to come after the epochs seen, None where nobody knows. interval: of so
    many epochs one is printed, and the last. On a terminal a run that takes more than
    BAR_DELAY seconds also shows a bar.
    """

    def say(epoch, loss, write=print):
        due = epoch % interval == 0 or epoch == seen + (num_epochs or 0)
        if num_epochs is None and interval == 1:  # of thousands, perhaps: 1, 2, 4, ...
            due = epoch & (epoch - 1) == 0
        if epoch_line and due:
            write(epoch_line % (epoch, loss))

    if not sys.stderr.isatty():
        yield say
        return
    from tqdm import tqdm

    with tqdm(total=num_epochs, unit="epoch", leave=False, delay=BAR_DELAY) as bar:

        def on_epoch(epoch, loss):
            say(epoch, loss, lambda line: bar.write(line, file=sys.stdout))
            bar.update()

        with ticking(bar):
            yield on_epoch


@contextlib.contextmanager
def ticking(bar):
    """Keep a bar's clock moving within an epoch, which may take minutes."""
    done = threading.Event()

    def tick():
        while not done.wait(1):
            if time.time() - bar.start_t > BAR_DELAY:
                bar.refresh()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


@contextlib.contextmanager
def rows_bar(worker=None):
    """Yield an on_rows for read_csv: a bar on a terminal, after some seconds.

    worker: a parallel.Worker, which tells its launcher instead.
    """
    if worker is not None:
        yield lambda *_: worker.marks.tell()
        return
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(unit="row", unit_scale=True, leave=False, delay=BAR_DELAY) as bar:

        def on_rows(done, at_most):
            bar.total = at_most
            bar.update(done - bar.n)

        yield on_rows


def print_parameters(fit, problem, config):
    """Print learned against true parameters with the errors (step 10)."""
    names = ["w[%d]" % i for i in range(len(fit.w))] + ["b"]
    rows = zip(names, [*problem.true_w, problem.true_b], [*fit.w, fit.b])
    print("%-6s %12s %12s %12s" % ("", "true", "learned", "true-learned"))
    for name, true, learned in rows:
        print("%-6s %12.6f %12.6f %12.6f" % (name, true, learned, true - learned))
    tolerance = recovery_tolerance(
        config, problem.noise, problem.true_w, problem.true_b, problem.num_examples
    )
    errors = np.abs([*fit.w, fit.b] - np.array([*problem.true_w, problem.true_b]))
    beyond = [name for name, error in zip(names, errors) if not error < tolerance]
    print(theory_line(tolerance, beyond, config))


def theory_line(tolerance, beyond, config):
    """Return the sentence on errors and the limit that theory sets them.

    beyond: the names of the parameters whose error is not below it.
    """
    if not np.isfinite(tolerance):
        text = (
            "theory sets the errors no limit: --lr %g is above the largest stable one"
        )
        return (text + " for batches of %d") % (config.lr, config.batch_size)
    if not beyond:
        return "theory: each error is below %.2g (5 standard deviations)" % tolerance
    text = "theory: each error should be below %.2g (5 standard deviations), and %s not"
    verb = "is" if len(beyond) == 1 else "are"
    return text % (tolerance, ", ".join(beyond) + " " + verb)


def print_traffic(worker, num_epochs):
    """Print what a worker exchanged, and what its form was chosen by."""
    messages, size = worker.spent
    text = "exchanged by %s: %d messages, %.3g MB of one worker in %d epochs"
    print(text % (worker.form, messages, size / 1e6, num_epochs))
    messages, size = worker.an_epoch
    print("of these in each epoch: %d messages, %.3g MB" % (messages, size / 1e6))
    if worker.costs:
        text = "chosen by: %.2g s a flop, %.2g s a message, %.2g s a byte"
        print(text % worker.costs)


def print_times(seconds):
    """Print the seconds of each stage of a run that took long: people want to know."""
    if sum(seconds.values()) > BAR_DELAY:
        stages = ["%s %.1f s" % stage for stage in seconds.items()]
        print("time: " + ", ".join(stages), file=sys.stderr)
