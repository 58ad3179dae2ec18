"""The flags that say how a file is to be read, where that should not be found."""

from . import parser as kinds
from .parser import refused

SIGNS = {
    "tab": "\t", "\\t": "\t", "blank": " ", "blanks": " ", "space": " ",
    "comma": ",", "semicolon": ";", "pipe": "|",
}  # fmt: skip
LAYOUT = "sep encoding decimal thousands header names comment na".split()
COLUMNS = "categories dates leave_out missing strict".split()


def sign(text):
    """Parse one character, or the name of one that is hard to type."""
    found = SIGNS.get(text, text)
    if len(found) != 1:
        raise refused(text, "one sign, or one of " + ", ".join(SIGNS))
    return found


def dates(text):
    """Parse 'a,b=%d.%m.%Y' into {"a": None, "b": "%d.%m.%Y"}."""
    pairs = (item.partition("=") for item in kinds.column_names(text))
    return {name: form or None for name, _, form in pairs}


def header(text):
    """Parse "none" or the number of a line."""
    if text != "none" and not (text.isdigit() and int(text)):
        raise refused(text, "none, or the number of a line, counted from 1")
    return text


def add_layout_flags(add):
    """Add the flags on a file's layout to a group; all of it is found by default."""
    add("--sep", type=sign, metavar="SIGN",
        help="between the columns: a sign, tab or blank (default: found)")  # fmt: skip
    add("--encoding", metavar="NAME", help="such as cp1252 (default: found)")
    add("--decimal", choices=[".", ","], help="decimal sign (default: found)")
    add("--thousands", choices=[",", ".", "'", " "],
        help="the sign that parts thousands (default: found)")  # fmt: skip
    add("--header", type=header, metavar="none|LINE",
        help="the line that names the columns (default: found)")  # fmt: skip
    text = "the columns' names if it has none; with --header LINE, instead of its own"
    add("--names", metavar="A,B,...", type=kinds.column_names, help=text)
    add("--comment", type=sign, metavar="SIGN",
        help="lines that begin so are skipped (default: found)")  # fmt: skip
    add("--na", metavar="A,B,...", type=kinds.column_names,
        help="what marks a gap (default: nothing, NA, ?, -, ...)")  # fmt: skip


def add_column_flags(add):
    """Add the flags on what becomes of the columns and rows to a group."""
    names = {"metavar": "A,B,...", "type": kinds.column_names}
    add("--categories", help="columns of numbers that stand for kinds", **names)
    add("--dates", metavar="A,B=%d.%m.%Y,...", type=dates,
        help="columns of dates, with their format where it is not clear")  # fmt: skip
    add("--leave-out", help="columns not to use", **names)
    add("--missing", choices=["drop", "mean"],
        help="what becomes of gaps: the row is left out, or the mean is put in "
        "(default: drop)")  # fmt: skip
    add("--strict", action="store_true", default=None,
        help="refuse whatever is not a plain number, and decide nothing")  # fmt: skip


def layout_of(args):
    """Return what parsed flags say of a file's layout, as fields of tabular.Reading."""
    return {name: getattr(args, name) for name in LAYOUT}


def told(args):
    """Return what parsed flags say of a file, as read_csv's keyword arguments."""
    given = {name: getattr(args, name, None) for name in (*LAYOUT, *COLUMNS)}
    return {name: value for name, value in given.items() if value is not None}
