"""What a cell can be read as: a number in some notation, a truth value, a gap, text.

Cells are judged by their *signature*: 9 for each digit, z for a zero that leads. A
column of a million numbers has a handful of signatures, so that judging costs little
more than one pass over its characters.
"""

import functools
import re
from typing import FrozenSet, NamedTuple

import numpy as np

GAPS = frozenset(
    "|na|n/a|#n/a|null|nan|none|?|.|-|--|---|*|**|***|missing|inf|-inf|+inf|infinity|"
    "-infinity|<na>|nat|#na|#null!|#value!|#div/0!|#num!|#ref!|#name?".split("|")
)
TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}
PAIRS = frozenset({"true", "false"}), frozenset({"yes", "no"})
CURRENCY = "$€£¥₹"
BLANKS = " \u00a0\u202f\u2009'’"  # that group digits
LONGEST = 1000  # characters: longer cells are text, whatever they hold
ZERO = re.compile(r"(?<![0-9.,])0(?=[0-9.,])")
DIGITS = str.maketrans("0123456789", "9" * 10)
MINUS = str.maketrans({"−": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "})
NUMBER = re.compile(r"[+-]?([z9.,]+)([eEdD][+-]?[z9]+)?")
GROUPED = re.compile(r"9{1,3}(?:[ '’][z9]99)+(?=$|[.,])")


class Form(NamedTuple):
    """What a signature tells. kind: "gap", "number", "truth" or "text".

    decimals: the decimal signs with which it is a number. unsure: the sign, "," or ".",
    that could as well group thousands. unit: "%" or a currency's sign. padded: a whole
    number with a leading zero. grouped: the sign that parts, or may part, thousands.
    third: three digits after a comma that is no grouping. signs: letters and minus
    signs that are not everybody's: "D" of an exponent, "−".
    """

    kind: str
    decimals: FrozenSet[str] = frozenset()
    unsure: str = ""
    unit: str = ""
    padded: bool = False
    third: bool = False
    grouped: str = ""
    signs: str = ""


TEXT, GAP = Form("text"), Form("gap")
BOTH = frozenset(".,")


@functools.lru_cache(maxsize=10000)
def form_of(signature, gaps=GAPS):
    """Return the Form of a signature; gaps: the words that mark a gap, casefolded."""
    cell = signature.strip().translate(MINUS)
    word = cell.casefold()
    if word in gaps:
        return GAP
    if word in TRUTHS:
        return Form("truth", unit="/".join(sorted(next(p for p in PAIRS if word in p))))
    if len(cell) > LONGEST:
        return TEXT
    cell, unit = _without_unit(cell)
    joined = GROUPED.sub(lambda found: "9" * len(found.group()), cell)
    found = NUMBER.fullmatch(joined)
    if not found or not found.group(1).strip(".,"):
        return TEXT
    body = found.group(1)
    padded = not unit and len(body) > 1 and body[0] == "z" and body.strip("z9") == ""
    form = _notation(body, found.group(2))._replace(unit=unit, padded=padded)
    odd = "D" * (found.group(2) or "").upper().count("D") + "−" * ("−" in signature)
    form = form._replace(signs=odd)
    return form if joined == cell else form._replace(grouped=" ")


def _without_unit(cell):
    """Return a cell without its currency sign or per cent sign, and that sign."""
    if cell.endswith("%"):
        return cell[:-1].rstrip(), "%"
    for sign in CURRENCY:
        if cell.count(sign) == 1:
            front, _, rest = cell.partition(sign)
            if front.strip() in ("", "-", "+") or not rest.strip():
                return (front.strip() + rest.strip()), sign
    return cell, ""


def _notation(body, exponent):
    """Return the Form of digits with commas and points: which of them is decimal."""
    commas, points = body.count(","), body.count(".")
    if not commas and not points:
        return Form("number", BOTH)
    if commas and points:
        decimal = max(",.", key=body.rfind)
        group = ".,"[decimal == "."]
        whole, _, _ = body.rpartition(decimal)
        fits = body.count(decimal) == 1 and _groups(whole, group)
        return Form("number", frozenset(decimal), grouped=group) if fits else TEXT
    sign = "," if commas else "."
    other = "." if commas else ","
    if commas + points > 1:
        fits = _groups(body, sign)
        return Form("number", frozenset(other), grouped=sign) if fits else TEXT
    if sign == "," and body.endswith(","):
        return TEXT
    if not exponent and _groups(body, sign):
        return Form("number", BOTH, unsure=sign, grouped=sign)
    third = len(body.partition(sign)[2]) == 3
    return Form("number", frozenset(sign), third=third)


def _groups(body, sign):
    """Return whether a sign parts the digits in threes."""
    first, *rest = body.split(sign)
    shaped = 1 <= len(first) <= 3 and all(len(part) == 3 for part in rest)
    return shaped and "z" not in first


def signatures(cells):
    """Return the signatures of cells, a list of str without line ends."""
    if not cells:
        return []
    text = "\n" + "\n".join(cells)
    if text.count("\n") != len(cells):
        text = "\n" + "\n".join(cell.replace("\n", " ") for cell in cells)
    return ZERO.sub("z", text).translate(DIGITS)[1:].split("\n")


def is_number(cell):
    """Return whether a cell can be a number, in any notation, or a gap."""
    form = form_of(signatures([cell.replace("\n", " ")])[0])
    return form.kind in ("number", "gap")


def numbers(cells, decimal):
    """Return the numbers that cells hold, float64 (n,); each must be one with decimal.

    Currency signs are dropped, per cent become hundredths.
    """
    drop = CURRENCY + BLANKS + "\t+" + (",", ".")[decimal == ","]
    table = {ord(sign): None for sign in drop}
    table.update({ord(","): ".", ord("−"): "-", ord("d"): "e", ord("D"): "e"})
    if decimal == ".":
        table[ord(",")] = None
    elif decimal == ",":
        table[ord(".")] = None
    text = "\n".join(cells).translate(table)
    if "%" not in text:
        return np.array(text.split("\n"), dtype=object).astype(np.float64)
    plain = np.array(text.replace("%", "").split("\n"), dtype=object)
    return plain.astype(np.float64) / np.where(["%" in c for c in cells], 100.0, 1.0)


def gap_words(told):
    """Return the words that mark a gap, casefolded."""
    return GAPS if told.na is None else frozenset({"", *map(str.casefold, told.na)})
