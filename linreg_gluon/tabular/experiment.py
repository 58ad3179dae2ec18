"""From a table to a trained model: the flags, the job, and what is said about it."""

import contextlib
import csv
import dataclasses
import sys
import time
from typing import Optional, Tuple

import numpy as np

from .. import theory
from ..config import InputError
from ..kept import Model, Units
from ..kept.resuming import add_model_flags, check_same, train_in_parts
from ..lecture import LECTURE
from .preparing import fingerprint, hold_out, score, split_rows
from .table import Table, read_csv

DTYPES = ("float32", "float64")
BAR_DELAY = 3  # seconds before a progress bar appears


def column_names(text):
    """Parse 'a,b,"c,d"' into ["a", "b", "c,d"]."""
    return next(csv.reader([text]))


def share(text):
    """Parse a number that is at least 0 and below 1."""
    value = float(text)
    if not 0 <= value < 1:
        raise ValueError(text)
    return value


def add_table_flags(parser):
    """Add the flags that let a training script work on one's own data."""
    add = parser.add_argument_group("your own data").add_argument
    add("--csv", metavar="FILE", help="train on the columns of this file, .gz or not")
    add("--target", metavar="COLUMN", help="the column to predict, with --csv")
    text = "the columns to predict it from (default: all others)"
    add("--features", metavar="A,B,...", type=column_names, help=text)
    add("--standardize", action="store_true", default=None,
        help="train in units of mean 0 and sd 1 (default with --csv)")  # fmt: skip
    add("--no-standardize", action="store_false", dest="standardize",
        default=None, help="train in the data's own units")  # fmt: skip
    add("--holdout", type=share, metavar="SHARE", default=0.0,
        help="keep this share of the rows to test on, such as 0.2")  # fmt: skip
    add("--dtype", choices=DTYPES, default=DTYPES[0], help="precision of the training")
    add_model_flags(parser)


def check_table_flags(args):
    """Raise InputError where flags contradict each other; set args.report.

    args.report: the run is told against least squares, not against the true parameters.
    """
    if args.csv and args.target is None:
        raise InputError("--csv needs --target COLUMN: the column to predict")
    if not args.csv and (args.target is not None or args.features is not None):
        raise InputError("--target and --features need --csv FILE")
    others = [n for n in ("dataset", *LECTURE) if getattr(args, n) is not None]
    if args.csv and others:
        flag = others[0].replace("_", "-")
        raise InputError(f"--csv brings its own data: leave out --{flag}")
    if args.standardize is None:
        args.standardize = bool(args.csv)
    args.report = bool(args.csv or args.holdout or args.standardize)
    args.everyone = theory.ALONE  # until distributed.join knows better


@dataclasses.dataclass(frozen=True, eq=False)
class Job:
    """What is trained, and what is needed to speak of it and to know it again.

    train, held: (features (n, d), labels (n,)) in training units, of the dtype that is
    trained in; held is the held-out part, None if there is none. names: the d features'
    and last the target's. exact: the least-squares solution in the data's own units,
    None where it is not unique or nobody asked. warnings: lines for the user. data:
    rows, sha256 and holdout. seconds: per stage. whole: (rows, sd of the labels) of all
    workers' training parts, where train is this worker's alone; else None.
    """

    train: Tuple[np.ndarray, np.ndarray]
    held: Optional[Tuple[np.ndarray, np.ndarray]]
    names: Tuple[str, ...]
    units: Units
    exact: Optional[theory.LeastSquares]
    warnings: Tuple[str, ...]
    data: dict
    seconds: dict
    whole: Optional[Tuple[int, float]] = None

    @property
    def rows(self):
        """How many rows each part has, {"training": n, "held out": m or 0}."""
        n = self.whole[0] if self.whole else len(self.train[1])
        return {"training": n, "held out": len(self.held[1]) if self.held else 0}

    def metrics(self, fit):
        """Return {part: {"rmse", "r2"}} of a Fit, rmse in the target's own units."""
        if self.whole:  # the loss of all workers' rows is known, and is the same thing
            square, sd = 2 * fit.losses[-1], self.whole[1]
            r2 = float(1 - square / sd**2) if sd else None
            found = {"training": {"rmse": float(np.sqrt(square)), "r2": r2}}
        else:
            found = {"training": score(*self.train, fit)}
        if self.held:
            found["held out"] = score(*self.held, fit)
        for value in found.values():
            value["rmse"] *= self.units.label_scale
        return found

    def model(self, fit, config):
        """Return the Model of a Fit: what is kept of this job."""
        metrics = self.metrics(fit)
        return Model(fit, config, self.names, self.units, self.data, metrics)

    def predicted(self, fit, at_most=5000):
        """Return (actual, predicted, is_held) of at most so many rows of each part.

        Both (k,) float64 in the target's own units, is_held (k,) bool. For a picture.
        """
        parts = []
        for is_held, data in enumerate([self.train, self.held]):
            if data:
                step = -(-len(data[1]) // at_most)
                X, y = data[0][::step], data[1][::step]
                parts.append([y, X @ fit.w + fit.b, np.full(len(y), bool(is_held))])
        y, y_hat, is_held = (np.concatenate(column) for column in zip(*parts))
        scale, mean = self.units.label_scale, self.units.label_mean
        return y * scale + mean, y_hat * scale + mean, is_held


def load_table(args, load_data):
    """Return the Table of --csv, or else of load_data(args) -> (features, labels)."""
    if args.csv:
        options = {"dtype": args.dtype}
        if args.everyone is not theory.ALONE:
            options["keep"] = lambda n: np.logical_or(*own_rows(n, args))
        with rows_bar(args.everyone) as on_rows:
            columns = args.target, args.features
            return read_csv(args.csv, *columns, on_rows=on_rows, **options)
    features, labels = load_data(args)
    names = tuple("x%d" % i for i in range(features.shape[1]))
    return Table(np.column_stack([features, labels]).astype(np.float64), names, "y")


@contextlib.contextmanager
def rows_bar(everyone):
    """Yield an on_rows for read_csv: a bar on a terminal, after some seconds.

    A worker tells its launcher instead.
    """
    if everyone is not theory.ALONE:
        yield lambda *_: everyone.marks.tell()
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


def load_job(args, load_data):
    """Return the Job that the flags ask for.

    Raises InputError for bad data or flags, ImportError without pandas.
    """
    start = time.perf_counter()
    table = load_table(args, load_data)
    read = time.perf_counter()
    sha256 = table.sha256 or fingerprint(table.values)
    data = {"rows": table.rows or len(table.values), "sha256": sha256}
    data.update(holdout=args.holdout, standardize=args.standardize)
    check_same(args, (*table.names, table.target), data)
    everyone = args.everyone if table.rows else theory.ALONE
    n = split_part(table, args) if table.rows else split(table, args)
    features, labels = table.features[:n], table.labels[:n]
    exact, warnings = None, ()
    if args.report:
        exact, warnings = least_squares(table, n, everyone)
    if args.resumed:
        units = args.resumed.units
    elif args.standardize:
        units = Units.standard(features, labels, everyone)
    else:
        units = Units.own(len(table.names))
    rest, held = (table.features[n:], table.labels[n:]), None
    if len(rest[1]):
        held = units.convert(*rest, args.dtype)
    train = units.convert(features, labels, args.dtype)
    whole = None
    if table.rows:
        sd = float(theory.moments(train[1], everyone)[1])
        whole = everyone.num_examples, sd
    return Job(
        train=train,
        held=held,
        whole=whole,
        names=(*table.names, table.target),
        units=units,
        exact=exact,
        warnings=warnings,
        data=data,
        seconds={"read": read - start, "prepare": time.perf_counter() - read},
    )


def own_rows(n, args):
    """Return which of a file's n rows a worker trains on and holds out, bool (n,) each.

    It trains on the rows that distributed.owned gives it of those that anybody trains
    on; what is held out is all kept by rank 0, which reports.
    """
    from ..parallel import owned

    with flagged_holdout():
        first, last = split_rows(n, args.holdout, args.config.seed)
    worker = args.everyone
    if len(first) < worker.size:
        raise InputError(
            f"{args.csv}: {len(first)} rows to train on are too few for {worker.size} "
            "workers; start fewer"
        )
    worker.num_examples = len(first)
    train, held = np.zeros(n, bool), np.zeros(n, bool)
    train[first[owned(len(first), worker.rank, worker.size)]] = True
    held[last] = worker.rank == 0
    return train, held


def split_part(table, args):
    """Move the held-out rows of a worker's part to its end; return how many train."""
    train, held = own_rows(table.rows, args)
    is_held = held[train | held]
    table.values[:] = np.concatenate([table.values[~is_held], table.values[is_held]])
    check_enough(args, args.everyone.num_examples, table)
    return int(train.sum())


@contextlib.contextmanager
def flagged_holdout():
    """Turn a refusal of prepare's, which names the argument, into the flag's."""
    try:
        yield
    except ValueError as error:
        raise InputError("--%s" % error) from None


def split(table, args):
    """Move the held-out rows to the table's end; return how many rows train."""
    with flagged_holdout():
        n = hold_out(table.values, args.holdout, args.config.seed)
    check_enough(args, n, table)
    return n


def check_enough(args, n, table):
    """Raise InputError where a file's n rows to train on settle not all parameters."""
    if args.csv and n <= len(table.names):
        raise InputError(
            f"--holdout {args.holdout:g} leaves {n} rows to train on, too few for "
            f"{len(table.names)} features and a bias; hold out less"
        )


def least_squares(table, n, everyone):
    """Return least squares on the first n rows, or None, and lines on what is odd."""
    features, labels = table.features[:n], table.labels[:n]
    warnings = []
    for j, others in theory.dependencies(features, everyone).items():
        name, rest = table.names[j], ", ".join(table.names[k] for k in others)
        fault = f"follows from {rest}" if others else "is constant"
        warnings.append(f"column {name} {fault}: its coefficient is not unique")
    exact = None if warnings else theory.least_squares(features, labels, everyone)
    ends = np.zeros((everyone.size, 2))
    ends[everyone.rank] = labels.min(), labels.max()
    ends = everyone.sum(ends)
    if ends.min() == ends.max():
        warnings.append(f"the target {table.target} is constant: R2 is not defined")
    return exact, tuple(warnings)


def run(job, args, path_train, on_epoch):
    """Train a Job by a path's train and return the Fit, in training units."""
    start = time.perf_counter()

    def in_own_units(epoch, loss):
        on_epoch(epoch, loss * job.units.label_scale**2)

    fit = train_in_parts(job, args, path_train, in_own_units)
    job.seconds["train"] = time.perf_counter() - start
    return fit
