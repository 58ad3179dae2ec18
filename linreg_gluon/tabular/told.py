"""What the caller says of a file and of its columns; the rest is found."""

import dataclasses
from typing import Dict, Optional, Tuple

from ..config import InputError


@dataclasses.dataclass(frozen=True)
class Reading:
    """What the caller says of a file; None: to be found. header: "none" or a line.

    na: the words that mark a gap beside the empty cell; None: those in use.
    """

    sep: Optional[str] = None
    encoding: Optional[str] = None
    decimal: Optional[str] = None
    thousands: Optional[str] = None
    header: Optional[str] = None
    names: Optional[Tuple[str, ...]] = None
    comment: Optional[str] = None
    na: Optional[Tuple[str, ...]] = None

    def __post_init__(self):
        if self.sep is not None and len(self.sep) != 1:
            raise InputError(f"--sep {self.sep!r}: give one sign, or ' ' for blanks")
        if self.decimal not in (None, ".", ","):
            raise InputError(f"--decimal {self.decimal!r}: give . or ,")
        if self.thousands not in (None, ".", ",", " ", "'", "none"):
            raise InputError(f"--thousands {self.thousands!r}: give , . ' or a blank")
        if self.thousands in (".", ","):
            other = ",."[self.thousands == ","]
            if self.decimal not in (None, other):
                raise InputError("--thousands and --decimal must be different signs")
            object.__setattr__(self, "decimal", other)
        header = str(self.header or 1)
        if header != "none" and not (header.isdigit() and int(header)):
            raise InputError(f"--header {self.header!r}: give none or a line's number")


@dataclasses.dataclass(frozen=True)
class Choices:
    """What the caller says of the columns, by name.

    categories: numbers that stand for kinds. dates: {name: a format of strptime's, or
    None to find it}. leave_out: not used. missing: "drop" rows with a gap, or fill it
    with the "mean". strict: refuse whatever is not a plain number. wide: fewer rows
    than columns will do, as with weight decay.
    """

    categories: Tuple[str, ...] = ()
    dates: Dict[str, Optional[str]] = dataclasses.field(default_factory=dict)
    leave_out: Tuple[str, ...] = ()
    missing: str = "drop"
    strict: bool = False
    wide: bool = False

    def __post_init__(self):
        if self.missing not in ("drop", "mean"):
            raise InputError(f"--missing {self.missing!r}: give drop or mean")


def split_told(told):
    """Return the Reading and the Choices that keyword arguments make."""
    names = {field.name for field in dataclasses.fields(Reading)}
    reading = {k: told.pop(k) for k in list(told) if k in names}
    for name in ("names", "na"):
        if reading.get(name) is not None:
            reading[name] = tuple(reading[name])
    for name in ("categories", "leave_out"):
        if name in told:
            told[name] = tuple(told[name])
    if not isinstance(told.get("dates", {}), dict):
        told["dates"] = {name: None for name in told["dates"]}
    return Reading(**reading), Choices(**told)
