"""Formats in which people write days and times."""

import re

TIMES = "", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", "T%H:%M:%SZ", " %H:%M:%S.%f"
DAYS = {
    "9-9-9": ("%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y"),
    "9/9/9": ("%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y"),
    "9.9.9": ("%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y"),
    "9-9": ("%Y-%m",),
    "9-A-9": ("%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y"),
    "9 A 9": ("%d %b %Y", "%d %B %Y"),
    "A 9 9": ("%b %d %Y", "%B %d %Y"),
    "A 9, 9": ("%b %d, %Y", "%B %d, %Y"),
}


def formats_like(text):
    """Return the date formats that a text has the shape of."""
    if len(text) > 40:
        return ()
    day, sign, time = text.partition("T" if "T" in text[4:] and ":" in text else " ")
    if ":" not in time:
        day, time = text, ""
    shape = re.sub(r"[A-Za-z]+", "A", re.sub(r"\d+", "9", day))
    ends = [end for end in TIMES if bool(time) == bool(end)]
    return [form + end for form in DAYS.get(shape, ()) for end in ends]
