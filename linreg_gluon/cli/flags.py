"""The flags and the printing that the scripts share.

Exit status: 0 for success, 1 for a run that failed, 2 for wrong usage or input (always
one line on stderr, never a traceback), 130 after Ctrl-C.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import signal
import sys
import tempfile
import threading
import time
from importlib.util import find_spec

import numpy as np

from ..config import Config, DivergedError, InputError
from ..data import synthetic_data
from ..kept import resuming as resume
from ..lecture import LECTURE, LIBRARIES, lecture_data
from ..tabular import experiment as workflow
from ..theory import recovery_tolerance

PLOT_FORMATS = (".png", ".svg", ".pdf")
BAR_DELAY = 3  # seconds before a progress bar appears


class UsageError(Exception):
    """Wrong flags or input: one line for the user, exit status 2."""


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose complaint is one line, and whose help shows defaults."""

    def __init__(self, description):
        super().__init__(
            description=description.split("\n\n")[0],
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message):
        raise UsageError(message + "; --help lists the flags")


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter):
    """Shows a flag's default where it has one to show."""

    def _get_help_string(self, action):
        if action.default is None or action.default is False:
            return action.help
        return super()._get_help_string(action)


def numbers(text):
    """Parse "2,-3.4" into [2.0, -3.4]."""
    return [float(part) for part in text.split(",")]


def training_parser(description):
    """Return the parser with the flags that every training script has."""
    parser = study_parser(description)
    flags = "--lr", "--learning-rate"
    parser.add_argument(*flags, type=float, default=Config().lr, help="learning rate")
    return parser


def study_parser(description):
    """Return the parser with the flags of whatever trains, except --lr."""
    parser = Parser(description)
    add, default = parser.add_argument, Config()
    add("--batch-size", type=int, default=default.batch_size, help="examples per step")
    add("--epochs", "--num-epochs", type=int, default=default.num_epochs,
        dest="num_epochs", metavar="N", help="passes over the data")  # fmt: skip
    add("--seed", type=int, default=default.seed,
        help="of initial weights, order of the batches, synthetic data")  # fmt: skip
    add("--dataset", choices=[*LIBRARIES, "synthetic"],
        help="the notebooks' very data, what their code draws on Linux, or data made "
        "from the next four flags (default: lecture, so that the losses compare with "
        "the lecture's; synthetic where one of the four is given)")  # fmt: skip
    add("--num-examples", type=int, help="rows of the data (lecture: 1000)")
    add("--true-w", type=numbers, metavar="W1,W2,...",
        help="true weights; write --true-w=-1,2 if the first is negative "
        "(lecture: 2,-3.4)")  # fmt: skip
    add("--true-b", type=float, help="true bias (lecture: 4.2)")
    add("--noise", type=float, help="sd of the noise on the labels (lecture: 0.01)")
    text = "draw data and losses into FILE (%s)" % ", ".join(PLOT_FORMATS)
    add("--plot", metavar="FILE", help=text)
    add("--json", metavar="FILE", help="write config, losses and parameters to FILE")
    add("--quiet", action="store_true", help="print nothing but errors")
    workflow.add_table_flags(parser)
    return parser


def parse(parser, argv=None):
    """Return the parsed flags with ``config``; UsageError before any work is done."""
    args = resume.parse_flags(parser, argv)
    fields = [field.name for field in dataclasses.fields(Config)]
    try:
        given = {name: getattr(args, name) for name in fields if name in args}
        args.config = Config(**given)
    except ValueError as error:
        raise UsageError(flagged(error)) from None
    workflow.check_table_flags(args)
    choose_dataset(args)
    check_outputs(args)
    for path in resume.outputs(args):
        check_writable(path)
    return args


def check_outputs(args):
    """Raise UsageError unless the files that the flags name can be written."""
    for name in ("plot", "json", "html"):
        if getattr(args, name, None):
            check_writable(getattr(args, name))
    if getattr(args, "plot", None):
        check_plot(args.plot)
    if getattr(args, "html", None):
        check_installed("--html", "matplotlib", "jinja2")


def choose_dataset(args):
    """Settle the data set and its true parameters; UsageError on a contradiction."""
    given = [name for name in LECTURE if getattr(args, name) is not None]
    if args.dataset is None:
        args.dataset = "synthetic" if given else "lecture"
    elif given and args.dataset != "synthetic":
        flag = "--" + given[0].replace("_", "-")
        raise UsageError(f"{flag} makes synthetic data: leave out --dataset or {flag}")
    for name, value in LECTURE.items():
        if name not in given:
            setattr(args, name, value)


def flagged(error):
    """Return a ValueError's text with the argument's name written as the flag."""
    name, _, rest = str(error).partition(" ")
    flag = {"num_epochs": "epochs", "noise_sd": "noise"}.get(name, name)
    return "--%s %s" % (flag.replace("_", "-"), rest)


def check_writable(path):
    """Raise UsageError unless a file can be made at path."""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise UsageError(
            f"{path}: there is no folder {folder}; type  mkdir -p {folder}"
        )
    irregular = os.path.exists(path) and not os.path.isfile(path)
    if irregular or not os.access(folder, os.W_OK):
        raise UsageError(f"{path}: cannot be written; name a file in a writable folder")


def check_plot(path):
    """Raise UsageError unless path's extension and matplotlib allow a plot."""
    if os.path.splitext(path)[1].lower() not in PLOT_FORMATS:
        wanted = ", ".join(PLOT_FORMATS)
        raise UsageError(f"--plot {path}: the file must end in one of {wanted}")
    check_installed("--plot", "matplotlib")


def check_installed(flag, *modules):
    """Raise UsageError unless what a flag needs is installed."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        install = 'pip install %s "numpy<2"' % " ".join(missing)
        raise UsageError(f"{flag} needs {' and '.join(missing)}: type  {install}")


def load_data(args):
    """Return (features, labels) as the flags ask; UsageError if they cannot be had."""
    if args.dataset != "synthetic":
        return lecture_data(args.dataset)
    try:
        return synthetic_data(
            args.true_w, args.true_b, args.num_examples, args.noise, args.seed
        )
    except ValueError as error:
        raise UsageError(flagged(error)) from None


def print_batch(X, y, rows=10):
    """Print a first batch as the lecture does (step 3), at most ``rows`` rows of it."""
    if len(y) > rows:
        print("first batch, %d of its %d rows:" % (rows, len(y)))
    print(X[:rows], y[:rows])


def counter(total, unit):
    """Return a tqdm bar that is drawn on a terminal only."""
    from tqdm import tqdm

    return tqdm(total=total, unit=unit, leave=False, disable=None)


@contextlib.contextmanager
def progress(num_epochs, epoch_line):
    """Yield an on_epoch that prints epoch_line % (epoch, loss), None for no printing.

    On a terminal a run that takes more than BAR_DELAY seconds also shows a bar.
    """

    def say(epoch, loss, write=print):
        if epoch_line:
            write(epoch_line % (epoch, loss))

    if not sys.stderr.isatty():
        yield say
        return
    from tqdm import tqdm

    bar = tqdm(total=num_epochs, unit="epoch", leave=False, delay=BAR_DELAY)
    done = threading.Event()

    def tick():  # an epoch may take minutes: keep the clock moving within it
        while not done.wait(1):
            if time.time() - bar.start_t > BAR_DELAY:
                bar.refresh()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()

    def on_epoch(epoch, loss):
        say(epoch, loss, lambda line: bar.write(line, file=sys.stdout))
        bar.update()

    try:
        yield on_epoch
    finally:
        done.set()
        ticker.join()
        bar.close()


def print_parameters(fit, args):
    """Print learned against true parameters with the errors (step 10)."""
    names = ["w[%d]" % i for i in range(len(fit.w))] + ["b"]
    rows = zip(names, [*args.true_w, args.true_b], [*fit.w, fit.b])
    print("%-6s %12s %12s %12s" % ("", "true", "learned", "true-learned"))
    for name, true, learned in rows:
        print("%-6s %12.6f %12.6f %12.6f" % (name, true, learned, true - learned))
    tolerance = recovery_tolerance(
        args.config, args.noise, args.true_w, args.true_b, args.num_examples
    )
    if np.isfinite(tolerance):
        print("theory: each error is below %.2g (5 standard deviations)" % tolerance)


def training_record(fit, args, job):
    """Return what a training run was told and what it found, for --json."""
    from ..compat import versions

    own = job.units.fold(fit)
    return {
        "config": dataclasses.asdict(args.config),
        "dataset": None if args.csv else args.dataset,
        "losses": list(own.losses),
        "learned": {"w": own.w.tolist(), "b": own.b},
        "true": None if args.csv else {"w": args.true_w, "b": args.true_b},
        "columns": list(job.names),
        "metrics": job.metrics(fit),
        "versions": versions(),
        "seconds": job.seconds["train"],
        "stages": job.seconds,
    }


def write_json(path, result):
    """Write a dict as JSON, whole or not at all."""
    write_text(path, json.dumps(result, indent=2) + "\n")


def write_text(path, text):
    """Write a text file, whole or not at all."""
    with replacing(path) as part, open(part, "w", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def replacing(path):
    """Yield a temporary name beside path; it becomes path only when all went well."""
    folder, name = os.path.split(path)
    stem, extension = os.path.splitext(name)
    handle, part = tempfile.mkstemp(extension, "." + stem + "-", folder or ".")
    os.close(handle)
    try:
        yield part
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(part, 0o666 & ~umask)  # mkstemp's 0600 is not what a user expects
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def save_figure(figure, path):
    """Write a matplotlib Figure, whole or not at all."""
    with replacing(path) as part:
        figure.savefig(part, dpi=150)


def train(args, path_train, first_batch, epoch_line):
    """Run a training script: print the lecture's output, write what the flags ask.

    path_train: a path's train. first_batch(features, labels, config) -> (X, y).
    epoch_line: the notebook's own format, for (epoch, loss).
    """
    job = workflow.load_job(args, load_data)
    if not (args.quiet or args.resumed or job.whole):
        print_batch(*first_batch(*job.train, args.config))
    line = None if args.quiet else epoch_line
    with progress(resume.epochs_left(args), line) as on_epoch:
        fit = workflow.run(job, args, path_train, on_epoch)
    if not args.quiet:
        print_result(job, fit, args)
    if args.plot:
        save_figure(figure(job, fit, args), args.plot)
    if args.json:
        write_json(args.json, training_record(fit, args, job))


def print_result(job, fit, args):
    """Print what was learned: against the truth, or where that is unknown, theory."""
    if not args.report:
        print_parameters(job.units.fold(fit), args)
        return
    from ..tabular.summary import summary

    print(*summary(job, fit, args.config), sep="\n")
    if sum(job.seconds.values()) > BAR_DELAY:  # whoever waits wants to know for what
        stages = ["%s %.1f s" % stage for stage in job.seconds.items()]
        print("time: " + ", ".join(stages), file=sys.stderr)


def figure(job, fit, args):
    """Return the figure that --plot writes."""
    from .. import plots

    if args.report:
        return plots.prediction_figure(*job.predicted(fit), job.names[-1])
    return plots.training_figure(*job.train, fit, args.noise)


def interrupt(signum, frame):
    """Raise KeyboardInterrupt, but not where Python would swallow it.

    The training loop frees arrays all the time, and an exception in a destructor (or in
    a callback of MXNet's) is printed and lost: there, try again a moment later.
    """
    while frame:
        if frame.f_code.co_name in ("__del__", "dl_managed_tensor_deleter"):
            signal.setitimer(signal.ITIMER_REAL, 0.001)
            return
        frame = frame.f_back
    raise KeyboardInterrupt


def run(main):
    """Call main() and exit with what it returns (None: 0); one line, no traceback."""
    try:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGALRM, interrupt)
        status, line = main() or 0, None
        sys.stdout.flush()
    except (UsageError, InputError, ImportError) as error:
        status, line = 2, str(error)
    except DivergedError as error:
        status, line = 1, str(error).replace("try lr", "try --lr")
    except BrokenPipeError:  # | head: not a failure, but nobody reads on
        status, line = 0, None
    except (OSError, MemoryError, OverflowError) as error:  # a full disk, for one
        status, line = 1, str(error)
    except KeyboardInterrupt:
        status, line = 130, "stopped by Ctrl-C"
    if line:
        print("%s: %s" % (os.path.basename(sys.argv[0]), line), file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:  # what cannot be written must not fail again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # mid-step, MXNet's threads would abort an orderly exit; and one worker of many
    # would wait for the others in it
    if status == 130 or (status and "DMLC_ROLE" in os.environ):
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
