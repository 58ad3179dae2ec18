"""The flags themselves, group by group: their names, kinds of values and help."""

from ..config import Config
from ..lecture import LIBRARIES
from ..tabular import DTYPES
from . import parser as kinds
from .outputs import PLOT_FORMATS
from .parser import Parser
from .reading import add_column_flags, add_layout_flags


def training_parser(description, examples=()):
    """Return the parser with the flags that every training script has."""
    parser = Parser(description, examples)
    text = "learning rate, or auto: from theory (default: auto with --csv and no "
    text += "--epochs, else %g)"
    parser.add_argument(
        "--lr", "--learning-rate", type=kinds.real_or_auto, help=text % Config().lr
    )
    add_study_flags(parser)
    add = parser.add_argument
    add("--log-interval", type=kinds.positive, default=1, metavar="K",
        help="print the loss after every K epochs")  # fmt: skip
    table = add_table_flags(parser)
    table("--holdout", type=kinds.share, metavar="SHARE", default=0.0,
        help="keep this share of the rows to test on, such as 0.2")  # fmt: skip
    text = "say how the file is read and what becomes of its columns; train nothing"
    table("--describe", action="store_true", help=text)
    text = "how near to least squares --epochs auto comes: in standard errors, and "
    text += "as a share of F's mean"
    table("--tolerance", type=kinds.real, default=0.1, help=text)
    text = "take so much of the weights off in each step (ridge regression), times lr; "
    text += "auto: the best by leaving each row out"
    table("--weight-decay", type=kinds.real_or_auto, default=0.0, help=text)
    text = "learn the logarithm of the target, which must be positive, and predict "
    text += "back with the smearing factor"
    table("--log-target", action="store_true", help=text)
    text = "precision of the training"
    table("--dtype", choices=DTYPES, default=DTYPES[0], help=text)
    add_model_flags(parser)
    return parser


def add_study_flags(parser):
    """Add the flags of whatever trains, except --lr."""
    add, default = parser.add_argument, Config()
    text = "passes over the data, or auto: until least squares is reached (default: "
    text += "auto with --csv and no --lr, else %d)" % default.num_epochs
    add("--epochs", "--num-epochs", type=kinds.whole_or_auto, dest="num_epochs",
        metavar="N", help=text)  # fmt: skip
    add("--batch-size", type=kinds.whole, default=default.batch_size,
        help="examples per step")  # fmt: skip
    add("--seed", type=kinds.whole, default=default.seed,
        help="of initial weights, order of the batches, synthetic data")  # fmt: skip
    add("--dataset", choices=[*LIBRARIES, "synthetic"],
        help="the notebooks' very data, what their code draws on Linux, or data made "
        "from the next four flags (default: lecture, so that the losses compare with "
        "the lecture's; synthetic where one of the four is given)")  # fmt: skip
    text = "rows of the data (lecture: 1000)"
    add("--num-examples", type=kinds.whole, help=text)
    add("--true-w", type=kinds.numbers, metavar="W1,W2,...",
        help="true weights (lecture: 2,-3.4)")  # fmt: skip
    add("--true-b", type=kinds.real, help="true bias (lecture: 4.2)")
    text = "sd of the noise on the labels (lecture: 0.01)"
    add("--noise", type=kinds.real, help=text)
    text = "draw data and losses into FILE (%s)" % ", ".join(PLOT_FORMATS)
    add("--plot", metavar="FILE", help=text)
    text = "write config, losses and parameters to FILE, - for standard output"
    add("--json", metavar="FILE", help=text)
    add("--quiet", action="store_true", help="print nothing but errors")


def add_table_flags(parser):
    """Add the flags for one's own data; return the add of their group."""
    add = parser.add_argument_group("your own data").add_argument
    text = (
        "train on this file: text (.gz or not), .xlsx, .parquet; - for standard input"
    )
    add("--csv", metavar="FILE", help=text)
    add("--target", metavar="COLUMN", help="the column to predict, with --csv")
    text = "the columns to predict it from (default: all others that can be used)"
    add("--features", metavar="A,B,...", type=kinds.column_names, help=text)
    add_column_flags(add)
    add_layout_flags(parser.add_argument_group("how the file is written").add_argument)
    either = parser.add_mutually_exclusive_group().add_argument
    either("--standardize", action="store_true", default=None,
        help="train in units of mean 0 and sd 1 (default with --csv)")  # fmt: skip
    either("--no-standardize", action="store_false", dest="standardize",
        default=None, help="train in the data's own units")  # fmt: skip
    return add


def add_worker_flags(parser):
    """Add the flags of a script that can be one worker of many; return their add."""
    add = parser.add_argument_group("many workers").add_argument
    text = "be one worker of many; scripts/launch.py starts them"
    add("--kvstore", choices=["dist_sync"], help=text)
    text = "print what was exchanged, and why so, at the end"
    add("--verbose", action="store_true", help=text)
    return add


def add_disk_flags(parser):
    """Add the flags of a script that can train on more than memory holds."""
    add = parser.add_argument_group("more rows than memory holds").add_argument
    text = "keep the rows of --csv in a file beside the model, not in memory, and "
    text += "gather batches from there; it is gone at the end"
    add("--out-of-core", action="store_true", help=text)
    text = "write these rows to PREFIX.rows.npy, too, with --out-of-core --save-prefix"
    add("--keep", action="store_true", help=text)


def add_model_flags(parser):
    """Add the flags that save, continue and export a model."""
    add = parser.add_argument_group("keeping the model").add_argument
    add("--save-prefix", metavar="PREFIX",
        help="save PREFIX.params and PREFIX.json after training (default: where "
        "--resume says)")  # fmt: skip
    add("--save-interval", metavar="K", type=kinds.positive,
        help="save after every K epochs, too")  # fmt: skip
    add("--resume", metavar="PREFIX",
        help="go on with a saved model, told the same data; --epochs counts those it "
        "has seen, and flags left out stay as they were")  # fmt: skip
    add("--export", metavar="PREFIX",
        help="write PREFIX-symbol.json and PREFIX-0000.params for serving")  # fmt: skip
