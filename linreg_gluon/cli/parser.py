"""A parser of flags that is patient with people, and the kinds of values flags take."""

import argparse
import csv
import difflib
import math
import re
import sys

from .. import __version__


class UsageError(Exception):
    """Wrong flags or input: one line for the user, exit status 2."""


# What people of other programs ask for, and what there is instead.
INSTEAD = {
    "--momentum": "plain SGD, as in the lecture, has no momentum; tune --lr",
    "--wd": "the training scripts spell it --weight-decay",
    "--weight-decay": "the training scripts have it, this one does not",
    "--optimizer": "the lecture's optimizer is plain SGD; tune --lr and --batch-size",
    "--loss": "the lecture's loss is the squared loss, and the only one",
    "--gpus": "MXNet's package here computes on the CPU",
    "--gpu": "MXNet's package here computes on the CPU",
    "--ctx": "MXNet's package here computes on the CPU",
}
NUMBERS = re.compile(r"-[\d.][\d.,eE+-]*")


class HelpFormatter(
    argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter
):
    """Shows a flag's default where it has one to show; keeps the examples' lines."""

    def _get_help_string(self, action):
        if action.default is None or action.default is False:
            return action.help
        return super()._get_help_string(action)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose complaint is one line with a way on.

    description: of which the first paragraph is shown; None under python -OO.
    examples: two command lines for the end of --help.
    """

    def __init__(self, description, examples=()):
        lines = ["  python " + line for line in examples]
        super().__init__(
            description=(description or "").split("\n\n")[0],
            epilog="\n".join(["examples:", *lines]) if lines else None,
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )
        version = "linreg_gluon " + __version__
        self.add_argument("--version", action="version", version=version)

    def error(self, message):
        raise UsageError(message + "; --help lists the flags")

    def parse_args(self, args=None, namespace=None):
        """Parse a list of words; --num_epochs is --num-epochs, and "-1,2" a value."""
        words = self.mended(self.words(args))
        args, unknown = self.parse_known_args(words, namespace)
        if unknown:
            self.error(self.unknown(unknown))
        return args

    def words(self, args):
        """Return the words to parse: the program's own by default."""
        return sys.argv[1:] if args is None else list(args)

    def mended(self, words):
        """Return words with hyphens in a flag's name, and negative numbers joined."""
        mended = []
        for word in words:
            name, equals, value = word.partition("=")
            if name.startswith("--") and name not in self._option_string_actions:
                hyphened = name.replace("_", "-")
                if hyphened in self._option_string_actions:
                    word = hyphened + equals + value
            takes = mended and self._option_string_actions.get(mended[-1])
            if takes and takes.nargs is None and NUMBERS.fullmatch(word):
                word = mended.pop() + "=" + word
            mended.append(word)
        return mended

    def unknown(self, words):
        """Return what to say of words that nobody takes."""
        flag = next((word for word in words if word.startswith("-")), words[0])
        name = flag.split("=")[0].replace("_", "-")
        text = "unrecognized arguments: %s" % " ".join(words)
        if name in INSTEAD:
            return "%s: %s" % (text, INSTEAD[name])
        known = [flag for flag in self._option_string_actions if flag.startswith("--")]
        near = difflib.get_close_matches(name, known, 1)
        return text + (": did you mean %s?" % near[0] if near else "")


def numbers(text):
    """Parse "2,-3.4" into [2.0, -3.4]."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise refused(text, "numbers with commas between, such as 2,-3.4") from None


def wholes(text):
    """Parse "1,10" into [1, 10]."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise refused(text, "whole numbers with commas between, such as 1,10") from None


def real(text):
    """Parse a number."""
    try:
        return float(text)
    except ValueError:
        raise refused(text, "a number, such as 0.03") from None


def positive_real(text):
    """Parse a finite number above 0."""
    value = real(text)
    if not (math.isfinite(value) and value > 0):
        raise refused(text, "a number above 0, such as 0.03")
    return value


def whole(text):
    """Parse a whole number."""
    try:
        return int(text)
    except ValueError:
        raise refused(text, "a whole number, such as 10") from None


def real_or_auto(text):
    """Parse a number, or auto."""
    return text if text == "auto" else real(text)


def whole_or_auto(text):
    """Parse a whole number, or auto."""
    return text if text == "auto" else whole(text)


def positive(text):
    """Parse a whole number that is at least 1."""
    value = whole(text)
    if value < 1:
        raise refused(text, "a whole number of at least 1")
    return value


def share(text):
    """Parse a number that is at least 0 and below 1."""
    value = real(text)
    if not 0 <= value < 1:
        raise refused(text, "a share of at least 0 and below 1, such as 0.2")
    return value


def column_names(text):
    """Parse 'a,b,"c,d"' into ["a", "b", "c,d"]."""
    return next(csv.reader([text]))


def refused(text, allowed):
    """Return the error for a value, saying what is allowed."""
    return argparse.ArgumentTypeError(f"{text!r} is not {allowed}")
