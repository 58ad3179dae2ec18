"""Predictions of a saved model for new rows, as raw as those it was trained on."""

import csv
from typing import NamedTuple, Optional

import numpy as np

from ..config import InputError
from .layout import Reading
from .plan import Plan
from .sources import source_of


class Predictions(NamedTuple):
    """What a model says of new rows.

    values: float64 (n,), NaN in a row that cannot be predicted. missing: how many
    these are. first: where the first is, and why. decimal: the rows' decimal sign.
    low, high: of the intervals, where they were asked for.
    """

    values: np.ndarray
    missing: int
    first: Optional[str]
    decimal: str = "."
    low: Optional[np.ndarray] = None
    high: Optional[np.ndarray] = None


def plan_of(model):
    """Return the Plan that a model was trained by; one of version 1 knows names alone."""
    return Plan.from_json(model.plan) if model.plan else Plan.plain(model.names)


def rows_of(model, data, **told):
    """Return the source of new rows. told: fields of layout.Reading.

    Words that mark a gap are those that the model was trained with.
    """
    plan = plan_of(model)
    if told.get("na") is None:
        told["na"] = plan.told.get("na")
    return source_of(data, Reading(**told), [column.name for column in plan.columns])


def predict(model, source, *, strict=False, interval=None):
    """Return the Predictions of a model for a source of new rows.

    model: a kept.Model. source: as rows_of returns it; columns are found by name, and
    others may hold anything. strict: refuse a row that cannot be predicted. interval:
    the share of new targets that [low, high] holds if errors are normal.
    """
    features, fault, decimal = plan_of(model).features_of(source)
    values = model.predict(features)
    missing = int(np.isnan(values).sum())
    first = None
    if missing:
        row, why = fault
        first = f"{source.where(row)}, {why}"
        if strict:
            more = f"; {missing} rows cannot be predicted" if missing > 1 else ""
            raise InputError(first + more)
    found = Predictions(values, missing, first, decimal)
    if interval is None:
        return found
    if not model.spread:
        raise InputError(
            "the model keeps no least squares to take intervals from: it was trained by "
            "an older version, or its solution was not unique"
        )
    half = model.spread.half_width(features, interval)
    return found._replace(low=values - half, high=values + half)


def added_name(model, source):
    """Return the name of the column of predictions; InputError if the rows have one."""
    name = "predicted_%s" % model.names[-1]
    if name in source.columns:
        raise InputError(
            f"{source.path}: there is a column {name!r} already; rename it"
        )
    return name


def write_predictions(file, source, name, found, dtype):
    """Copy rows to an open text file as CSV, with the predictions as a last column.

    found: Predictions, with intervals as two more columns. Every cell stays as it was,
    and so does the separator. A prediction has the digits that dtype, the model's,
    tells apart.
    """
    writer = csv.writer(file, delimiter=source.sep, lineterminator="\n")
    digits = "%.9g" if dtype == "float32" else "%.17g"
    columns, names = [found.values], [name]
    if found.low is not None:
        columns, names = [*columns, found.low, found.high], [name, name + "_low", name + "_high"]
    comma = found.decimal == "," and source.sep != ","

    def text(value):
        shown = "" if np.isnan(value) else digits % value
        return shown.replace(".", ",") if comma else shown

    writer.writerow([*source.head, *names])
    for cells, *values in zip(source.rows(), *columns):
        writer.writerow([*cells, *map(text, values)])
