"""Keeping a model while it is trained, and going on with a kept one: flags and rules.

The order of the batches is a function of (seed, epoch), and plain SGD has no state but
the parameters: so going on from a saved epoch gives, bit for bit, what the run would
have given without the stop, as long as data, columns, seed and batch size are the same.
"""

import dataclasses

from . import saving as models
from .export import export_model
from ..config import InputError


def add_model_flags(parser):
    """Add the flags that save, continue and export a model."""
    add = parser.add_argument_group("keeping the model").add_argument
    add("--save-prefix", metavar="PREFIX",
        help="save PREFIX.params and PREFIX.json after training (default: where "
        "--resume says)")  # fmt: skip
    add("--save-interval", metavar="K", type=positive, default=None,
        help="save after every K epochs, too")  # fmt: skip
    add("--resume", metavar="PREFIX",
        help="go on with a saved model, told the same data; --epochs counts those it "
        "has seen, and flags left out stay as they were")  # fmt: skip
    add("--export", metavar="PREFIX",
        help="write PREFIX-symbol.json and PREFIX-0000.params for serving")  # fmt: skip


def positive(text):
    """Parse a whole number that is at least 1."""
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def parse_flags(parser, argv):
    """Return the parsed flags; those left out come from the model of --resume, if any.

    args.resumed: that Model, or None. Raises InputError where it cannot be loaded.
    """
    args = parser.parse_args(argv)
    args.resumed = None
    if args.resume is not None:
        resumed = models.load(args.resume)
        parser.set_defaults(**dataclasses.asdict(resumed.config))
        parser.set_defaults(save_prefix=args.resume, dtype=str(resumed.dtype))
        told = ("holdout", "standardize")
        parser.set_defaults(**{k: v for k, v in resumed.data.items() if k in told})
        if args.csv:
            *features, target = resumed.names
            parser.set_defaults(features=features, target=target)
        args = parser.parse_args(argv)
        args.resumed = resumed
    if args.save_interval and not args.save_prefix:
        raise InputError("--save-interval needs --save-prefix PREFIX")
    return args


def outputs(args):
    """Return the files that the flags of this room will write."""
    paths = []
    if args.save_prefix:
        paths += [args.save_prefix + ending for ending in (".json", ".params")]
    if args.export:
        paths += [args.export + ending for ending in ("-symbol.json", "-0000.params")]
    return paths


def identity(names, config, dtype, data):
    """Return what must stay the same for a run to be gone on with, by name."""
    settings = {"seed": config.seed, "batch_size": config.batch_size}
    return {"columns": " ".join(names), **settings, "dtype": str(dtype), **data}


def check_same(args, names, data):
    """Raise InputError naming what differs from the model of --resume, if any.

    names, data: a Job's.
    """
    if not args.resumed:
        return
    model, config = args.resumed, args.config
    before = identity(model.names, model.config, model.dtype, model.data)
    for name, now in identity(names, config, args.dtype, data).items():
        if before.get(name) != now:
            was = before.get(name)
            raise InputError(
                f"--resume {args.resume}: {name} was {was} and is now {now}; "
                "give what the model was trained with, or start anew without --resume"
            )
    seen = len(model.fit.losses)
    if config.num_epochs < seen:
        raise InputError(
            f"--resume {args.resume}: the model has seen {seen} epochs, and --epochs "
            f"{config.num_epochs} counts those; ask for at least {seen}"
        )


def epochs_left(args):
    """Return how many epochs of --epochs are still to be trained."""
    seen = len(args.resumed.fit.losses) if args.resumed else 0
    return args.config.num_epochs - seen


def train_in_parts(job, args, path_train, on_epoch):
    """Train what is left of --epochs, save as the flags ask; return the Fit."""
    fit, left = args.resumed and args.resumed.fit, epochs_left(args)
    while left:
        part = min(args.save_interval or left, left)
        config = dataclasses.replace(args.config, num_epochs=part)
        fit = path_train(*job.train, config, start=fit, on_epoch=on_epoch)
        left -= part
        if args.save_prefix:
            models.save(args.save_prefix, job.model(fit, args.config))
    if args.save_prefix and not epochs_left(args) and args.save_prefix != args.resume:
        models.save(args.save_prefix, job.model(fit, args.config))
    if args.export:
        export_model(args.export, job.model(fit, args.config))
    return fit
