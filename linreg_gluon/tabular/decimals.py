"""Which sign is decimal in a file: proven by its cells, or refused where it is not."""

from ..config import InputError
from .sources import place


def decimal_sign(scans, source, prior=None):
    """Return the decimal sign of a file, "." or ",".

    scans: of its columns; those that are numbers have a say. prior: the sign to take
    where both fit all cells. Raises InputError where none fits all of them, or both do
    and the values would differ.
    """
    told, thousands = source.told.decimal, source.told.thousands
    scans = [scan for scan in scans if scan.is_number and not scan.typed]
    if told:
        return told
    only = {".": source.point, ",": None}
    unsure = {}
    for scan in scans:
        if not thousands:
            check_one_notation(scan, source)
        for form, (_, row, cell) in scan.forms.items():
            sign = form.unsure if thousands else ""  # it parts none: they are parted so
            if form.kind == "number" and len(form.decimals) == 1:
                (sign,) = form.decimals
            if sign:
                only[sign] = only[sign] or (row, scan.name, cell)
            if form.unsure:
                unsure.setdefault(form.unsure, (row, scan.name, cell))
    if only["."] and only[","]:
        raise InputError(
            f"{place(source, only['.'])} has a decimal point, "
            f"{place(source, only[','], short=True)} a decimal comma; "
            "name the right one with --decimal"
        )
    proven = [sign for sign in ".," if only[sign]]
    return proven[0] if proven else prior or by_default(unsure, source)


def check_one_notation(scan, source):
    """Refuse 1,000 and 1,5 in one column: is the first a thousand or one?

    It is one where other cells have three digits after a comma that parts no thousands.
    """
    if any(form.third and "," in form.decimals for form in scan.forms):
        return
    grouped = scan.first(lambda form: form.unsure == ",")
    decimal = scan.first(lambda f: f.kind == "number" and f.decimals == {","})
    if grouped and decimal:
        row, cell = grouped
        other = place(source, (decimal[0], scan.name, decimal[1]), short=True)
        raise InputError(
            f"{place(source, (row, scan.name, cell))} may be a thousand or a decimal "
            f"number, beside {other}; say which with --decimal or --thousands"
        )


def check_as_told(scan, source, decimal):
    """Refuse a number that is none with the signs that the caller named."""
    thousands = source.told.thousands
    parting = {"", decimal, " " if thousands == "'" else thousands}

    def misfit(form):
        parted_otherwise = thousands and form.grouped not in parting
        wrong = decimal not in form.decimals or parted_otherwise
        return form.kind == "number" and wrong

    found = scan.first(misfit)
    if found:
        row, cell = found
        flag = f"--thousands {thousands!r}" if thousands else f"--decimal {decimal}"
        raise InputError(
            f"{place(source, (row, scan.name, cell))} is no number with {flag}"
        )


def by_default(unsure, source):
    """Return the decimal sign where all cells can be read with either."""
    comma, point = unsure.get(","), unsure.get(".")
    doubtful = comma if source.sep != "," else comma and point and comma
    doubtful = doubtful or (point if source.sep == ";" else None)
    if doubtful:
        raise InputError(
            f"{place(source, doubtful)} may be a thousand or a decimal number, and no "
            "other cell tells; say which with --decimal , or --decimal ."
        )
    return "."
