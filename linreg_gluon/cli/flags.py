"""What flags mean, as values of the library: nothing else reads a flag."""

import dataclasses
import os
from typing import Optional, Tuple

from ..config import Config, InputError
from ..kept import Keeping, OnDisk, going_on
from ..lecture import LECTURE, Problem
from ..tabular import DTYPES, Preparation
from . import reading
from .outputs import check_outputs
from .parser import UsageError


@dataclasses.dataclass(frozen=True)
class Told:
    """What a script was told, as the values that the library takes.

    problem: whose true parameters are known; None with csv. csv, target, features: of
    one's own table. report: the result is told against least squares, not against the
    true parameters. reading: more of read_csv's arguments. describe: say how the table
    is read and train nothing. auto, tolerance: as Experiment.train takes them. plot,
    json: files to write. log_interval: epochs from line to line. kvstore, form,
    verbose: of a worker of many. rows: where a table's are, if not in memory.
    """

    config: Config
    preparation: Preparation
    keeping: Keeping = Keeping()
    problem: Optional[Problem] = None
    csv: Optional[str] = None
    target: Optional[str] = None
    features: Optional[Tuple[str, ...]] = None
    report: bool = False
    plot: Optional[str] = None
    json: Optional[str] = None
    quiet: bool = False
    log_interval: int = 1
    kvstore: Optional[str] = None
    form: Optional[str] = None
    verbose: bool = False
    rows: Optional[OnDisk] = None
    reading: dict = dataclasses.field(default_factory=dict)
    describe: bool = False
    auto: Tuple[str, ...] = ()
    tolerance: float = 0.1

    def silenced(self):
        """Return the same run without a word or a file: of a worker not first."""
        # The same parts as the first worker's: each begins with exchanges of its own.
        keeping = dataclasses.replace(self.keeping, save_prefix=None, export=None)
        told = {"quiet": True, "plot": None, "json": None, "keeping": keeping}
        return dataclasses.replace(self, **told)


def parse(parser, argv=None):
    """Return the Told of a training script; UsageError before any work is done."""
    args = parser.parse_args(argv)
    keeping = Keeping()
    if args.resume is not None:
        keeping = going_on(args.resume)
        parser.set_defaults(**remembered(keeping, args))
        args = parser.parse_args(argv)
    if args.save_interval and not args.save_prefix:
        raise InputError("--save-interval needs --save-prefix PREFIX")
    check_alone(args)
    check_worker_flags(args)
    check_disk_flags(args)
    names = "save_prefix", "save_interval", "export"
    kept = {name: getattr(args, name) for name in names}
    rows = None
    if getattr(args, "out_of_core", False):
        rows = OnDisk(args.save_prefix, args.keep)
    told = told_of(args, keeping=dataclasses.replace(keeping, **kept), rows=rows)
    check_outputs(args)
    return told


def remembered(keeping, args):
    """Return what flags left out were when the model to go on with was made."""
    model = keeping.resumed
    found = dataclasses.asdict(model.config)
    found.update(save_prefix=keeping.resume, dtype=str(model.dtype))
    told = "holdout", "standardize", "log_target"
    found.update({k: v for k, v in model.data.items() if k in told})
    if args.csv:
        found["target"] = model.names[-1]
        found.update(
            model.plan["told"] if model.plan else {"features": model.names[:-1]}
        )
    return found


def check_alone(args):
    """Raise UsageError in a worker that was not told to work with the others."""
    if "LINREG_GLUON_WORKER" in os.environ and not getattr(args, "kvstore", None):
        raise UsageError(
            "launch.py started this as one worker of many, and without --kvstore "
            "dist_sync each would train alone: add it "
            "(train_gluon.py and train_fused.py know it)"
        )


def check_worker_flags(args):
    """Raise UsageError where flags of many workers are given to one alone."""
    for name in ("form", "verbose"):
        if getattr(args, name, None) and not args.kvstore:
            raise UsageError(f"--{name} is for many workers: give --kvstore dist_sync")
    if getattr(args, "kvstore", None) and args.weight_decay == "auto":
        raise UsageError("--weight-decay auto is for one process: give a number")


def check_disk_flags(args):
    """Raise InputError where flags of rows on disk lack what they are about."""
    keep, out = getattr(args, "keep", False), getattr(args, "out_of_core", False)
    if keep and not (out and args.save_prefix):
        raise InputError("--keep needs --out-of-core and --save-prefix PREFIX")
    if out and not args.csv:
        raise InputError("--out-of-core needs --csv FILE")


def told_of(args, **more):
    """Return the Told of parsed flags; those a script lacks are at their default."""
    check_table_flags(args)
    standardize = bool(args.csv) if args.standardize is None else args.standardize
    holdout = getattr(args, "holdout", 0.0)
    more["auto"] = left_to_theory(args)
    try:
        config = config_of(args)
        dtype = getattr(args, "dtype", DTYPES[0])
        told = holdout, standardize, config.seed, dtype
        more["preparation"] = Preparation(*told, getattr(args, "log_target", False))
    except ValueError as error:
        raise UsageError(flagged(error)) from None
    names = "csv target plot json quiet log_interval tolerance kvstore form verbose "
    names += "describe"
    more["reading"] = reading.told(args)
    if getattr(args, "weight_decay", 0) > 0 or "weight_decay" in more["auto"]:
        more["reading"]["wide"] = True  # one solution, whatever the rows
    more.update({n: getattr(args, n) for n in names.split() if n in args})
    return Told(
        config=config,
        problem=None if args.csv else problem(args),
        features=None if args.features is None else tuple(args.features),
        report=bool(args.csv or holdout or standardize),
        **more,
    )


def left_to_theory(args):
    """Return which fields of Config are auto; a number stands for them from now on.

    lr and num_epochs are with --csv, in a script that trains one model, if neither is
    given: a number beside a default of the lecture's means what it always meant.
    """
    auto, default = [], Config()
    given = [getattr(args, name, None) is not None for name in ("lr", "num_epochs")]
    for name in ("lr", "num_epochs"):
        value = getattr(args, name, None)
        if args.csv and hasattr(args, "lr") and not any(given):
            value = "auto"
        if value == "auto":
            if not hasattr(args, "lr"):
                raise UsageError("--epochs auto is for one model: give a number")
            auto.append(name)
        if hasattr(args, name) and value in (None, "auto"):
            setattr(args, name, getattr(default, name))
    if getattr(args, "weight_decay", None) == "auto":
        auto.append("weight_decay")
        args.weight_decay = default.weight_decay
    if getattr(args, "tolerance", 0.1) <= 0:
        raise UsageError(f"--tolerance must be greater than 0, got {args.tolerance:g}")
    return tuple(auto)


def config_of(args):
    """Return the Config of parsed flags; ValueError names the field and the value."""
    fields = [field.name for field in dataclasses.fields(Config)]
    return Config(**{name: getattr(args, name) for name in fields if name in args})


def check_table_flags(args):
    """Raise InputError where flags on the data contradict each other."""
    if args.csv and args.target is None:
        raise InputError("--csv needs --target COLUMN: the column to predict")
    if not args.csv and (args.target is not None or args.features is not None):
        raise InputError("--target and --features need --csv FILE")
    if not args.csv:
        about = [
            *reading.told(args),
            *(n for n in ("describe", "log_target") if getattr(args, n, False)),
        ]
        if about:
            raise InputError(f"--{about[0].replace('_', '-')} needs --csv FILE")
    others = [n for n in ("dataset", *LECTURE) if getattr(args, n) is not None]
    if args.csv and others:
        flag = others[0].replace("_", "-")
        raise InputError(f"--csv brings its own data: leave out --{flag}")


def problem(args):
    """Return the Problem that the flags ask for; UsageError on a contradiction."""
    given = {n: getattr(args, n) for n in LECTURE if getattr(args, n) is not None}
    which = args.dataset or ("synthetic" if given else "lecture")
    if given and which != "synthetic":
        flag = "--" + next(iter(given)).replace("_", "-")
        raise UsageError(f"{flag} makes synthetic data: leave out --dataset or {flag}")
    return Problem(
        which, **{k: tuple(v) if k == "true_w" else v for k, v in given.items()}
    )


def flagged(error):
    """Return a ValueError's text with the argument's name written as the flag."""
    name, _, rest = str(error).partition(" ")
    flag = {"num_epochs": "epochs", "noise_sd": "noise"}.get(name, name)
    return "--%s %s" % (flag.replace("_", "-"), rest)
