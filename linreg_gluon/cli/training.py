"""What a training script does, from what it was told to the last file it writes."""

import dataclasses
import functools
import sys
import warnings
from typing import Callable, NamedTuple, Optional

import numpy as np

from ..tabular import Experiment, Table, knows_flat, listed, own_rows, read_csv
from ..theory import ALONE
from . import printing
from .flags import flagged
from .inputs import naming, seekable
from .outputs import STANDARD, save_figure, write_json
from .parser import UsageError


class Path(NamedTuple):
    """A way to train, as a script shows it.

    train: its train. first_batch(features, labels, config) -> (X, y). epoch_line: the
    notebook's own format, for (epoch, loss). part: of the lecture, as it is recorded.
    """

    train: Callable
    first_batch: Callable
    epoch_line: str
    part: Optional[str] = None


def train(told, path, *, everyone=ALONE):
    """Run a training script: print the lecture's output, write what the flags ask.

    told: a flags.Told. path: a Path. everyone: this process as one worker of many.
    Returns the Result, None where nothing was trained.
    """
    if told.describe:
        return describe(table(told, everyone), told)
    if told.rows and everyone is ALONE:
        path = path._replace(train=train_from_disk)
    study = experiment(told, everyone)
    study.check_same(told.config, told.keeping, told.auto)
    if not told.quiet:
        print_beginning(study, told, path.first_batch)
    line = None if told.quiet else path.epoch_line
    config, keeping = told.config, told.keeping
    lines = {"interval": told.log_interval, "seen": keeping.epochs_seen}
    left, auto = keeping.epochs_left(config), {"auto": told.auto}
    if "num_epochs" in told.auto:
        left, auto["tolerance"] = None, told.tolerance
    with printing.progress(left, line, **lines) as on_epoch:
        told_so = {"keeping": keeping, "on_epoch": on_epoch, **auto}
        result = study.train(path.train, config, **told_so)
    if not told.quiet:
        if path.part and not (told.report or keeping.resumed):
            printing.print_notebook_note(path.part, told.problem, config)
        print_result(result, told)
    if told.plot:
        draw(result, told)
    if told.json:
        write_json(told.json, record(result, told))
    return result


def train_from_disk(*data, **options):
    """Train on rows on disk: as the one worker of no job, by gram."""
    from .. import parallel

    return parallel.train(*data, kvstore=None, **options)


def train_as_worker(told, path, form=None):
    """Run a training script as one worker of many; the first of them alone speaks.

    form: as for parallel.train.
    """
    from .. import parallel

    worker = parallel.join(told.kvstore)
    share = functools.partial(parallel.train, kvstore=worker, form=form)
    told = told.silenced() if worker.rank else told
    result = train(told, path._replace(train=share), everyone=worker)
    if result and told.verbose and not told.quiet:
        num_epochs = len(result.fit.losses) - told.keeping.epochs_seen
        printing.print_traffic(worker, num_epochs)


def experiment(told, everyone=ALONE):
    """Return the Experiment that was asked for.

    Raises InputError for bad data, UsageError for flags that do not fit them,
    ImportError without pandas.
    """
    data = table(told, everyone)
    told_so = {"resumed": told.keeping.resumed, "solve": told.report}
    return Experiment(data, told.preparation, everyone=everyone, **told_so)


def table(told, everyone=ALONE):
    """Return the Table of --csv, or else of the problem whose parameters are known."""
    if not told.csv:
        return Table.of(*load_data(told))
    options, worker = {"dtype": told.preparation.dtype}, None
    if everyone is not ALONE:
        worker, options["flat"] = everyone, knows_flat(told.keeping.resumed)
        options["keep"] = lambda n: np.logical_or(
            *own_rows(n, told.preparation, everyone)[:2]
        )
    if told.rows:
        options["empty"] = told.rows.empty
    path, name = seekable(told.csv)
    if worker and path == told.csv:
        options["everyone"] = worker  # each has rows as they come, to read all once
    with printing.rows_bar(worker) as on_rows, naming(path, name):
        columns = told.target, told.features
        options.update(told.reading, on_rows=on_rows)
        found = dataclasses.replace(read_csv(path, *columns, **options), path=name)
    if told.rows and not told.describe:
        told.rows.keep(found.values, everyone)
    return found


def load_data(told):
    """Return (features, labels) of a known problem; UsageError if it cannot be had."""
    try:
        return told.problem.data(told.config.seed)
    except ValueError as error:
        raise UsageError(flagged(error)) from None


def describe(data, told):
    """Print what was decided about a table, and write it where --json says."""
    if not (told.quiet or told.json == STANDARD):
        print(*data.plan.said(), sep="\n")
        n = len(data.names)
        features = f"{n} feature{'s' * (n != 1)}: {listed(data.names)}"
        print(f"{features}; target: {data.target}")
    if told.json:
        write_json(told.json, {"columns": [*data.names, data.target],
                               "plan": data.plan.to_json()})  # fmt: skip


def print_beginning(study, told, first_batch):
    """Print the first batch, and what is not as the flags lead one to expect."""
    printing.print_plan(study.plan)
    printing.print_full_batch(study, told.config)
    printing.print_going_on(told.keeping, told.config)
    if not told.keeping.resumed:
        if not study.whole:
            printing.print_batch(*first_batch(*study.training, told.config))
        printing.print_units(study)


def print_result(result, told):
    """Print what was learned: against the truth, or where that is unknown, theory."""
    if not told.report:
        printing.print_parameters(result.learned, told.problem, told.config)
        return
    print(result)
    printing.print_times(result.seconds)


def draw(result, told):
    """Write --plot's figure; what it warns of is one line each, without our code."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        picture = figure(result, told)
    for each in caught:  # pyparsing's, on how matplotlib uses it, are both
        if not issubclass(each.category, DeprecationWarning):
            print("%s: %s" % (told.plot, each.message), file=sys.stderr)
    save_figure(picture, told.plot)


def figure(result, told):
    """Return the figure that --plot writes."""
    if told.report:
        return result.figure()
    from .. import plots

    return plots.training_figure(*result.study.training, result.fit, told.problem.noise)


def record(result, told):
    """Return the Result's record, with the true parameters where they are known."""
    found = result.record()
    if told.problem:
        found["dataset"] = told.problem.which
        found["true"] = {"w": list(told.problem.true_w), "b": told.problem.true_b}
    return found
