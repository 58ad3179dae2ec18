"""Predictions of a saved model for new rows, as raw as those it was trained on."""

import csv
from typing import NamedTuple, Optional

import numpy as np

from ..config import InputError
from .decimals import decimal_sign
from .plan import Plan
from .scanning import Scan
from .sources import find_columns, source_of
from .told import Reading


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
    """Return the Plan that a model was trained by; version 1 knows names alone."""
    return Plan.from_json(model.plan) if model.plan else Plan.plain(model.names)


def rows_of(model, data, **told):
    """Return the source of new rows. told: fields of told.Reading.

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
    features, fault, decimal = features_of(plan_of(model), source)
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
            "the model keeps no least squares to take intervals from: it was trained "
            "by an older version, or its solution was not unique"
        )
    half, middle = model.spread.half_width(features, interval), model.linear(features)
    low, high = middle - half, middle + half
    if model.smearing is not None:  # quantiles go along with exp; means do not
        with np.errstate(over="ignore"):
            low, high = np.exp(low), np.exp(high)
    return found._replace(low=low, high=high)


def features_of(plan, source):
    """Return the features of new rows, float64 (n, d), the first fault, the decimal.

    NaN in the rows that cannot be predicted; the fault is (row, why), or None. The
    decimal sign is the new rows' own. Raises InputError where a column is missing.
    """
    used = set(plan.names)
    kept = tuple(c for c in plan.columns if used & set(c.names))
    plan = plan.replaced(columns=kept)
    positions = find_columns(source, [column.name for column in kept])
    kinds = [c.kind for c in kept]
    numeric = [p for p, kind in zip(positions, kinds) if kind == "number"]
    plain = frozenset(numeric) & source.plain(numeric) if numeric else frozenset()
    try:
        return read_new(plan, source, positions, plain)
    except InputError:
        raise
    except (ValueError, OverflowError):  # numbers, but only as far as one saw
        return read_new(plan, source, positions, frozenset())


def read_new(plan, source, positions, plain):
    """Return what features_of does; plain: the positions of plain numbers."""
    scans = [Scan(column.name) for column in plan.columns]
    numeric = [
        column.kind == "number" and position not in plain
        for column, position in zip(plan.columns, positions)
    ]
    if any(numeric):
        for block in source.blocks(positions):
            for scan, cells, wanted in zip(scans, block, numeric):
                if wanted:
                    scan.add(cells, source.gaps)
    voters = [scan for scan, wanted in zip(scans, numeric) if wanted]
    prior = plan.decimal if source.sep == plan.sep else None
    plan = plan.replaced(decimal=decimal_sign(voters, source, prior))
    faults, parts = {}, []
    for features, _ in plan.encode(source, positions, plain, faults=faults):
        parts.append(features)
    if not parts:
        raise InputError(f"{source.path}: has a header but no rows; add the data")
    features = np.concatenate(parts)
    if plan.missing == "mean":
        features = np.where(np.isnan(features), plan.means, features)
    features[~np.isfinite(features)] = np.nan
    return features, first_fault(plan, source, features, faults), plan.decimal


def first_fault(plan, source, features, faults):
    """Return (row, why) of the first row that cannot be predicted, or None."""
    bad = np.isnan(features).any(axis=1)
    if not bad.any():
        return None
    row = int(np.argmax(bad))
    for at, column, cell in faults.values():
        if at == row:
            return row, f"column {column.name!r}: {column.reason(cell)}"
    name = plan.names[int(np.argmax(np.isnan(features[row])))]
    column = next(c.name for c in plan.columns if name in c.names)
    return row, f"column {column!r} has no value"


def added_name(model, source):
    """Return the name of the column of predictions; InputError if the rows have one."""
    name = "predicted_%s" % model.names[-1]
    if name in source.columns:
        fault = f"there is a column {name!r} already; rename it"
        raise InputError(f"{source.path}: {fault}")
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
        columns += [found.low, found.high]
        names += [name + "_low", name + "_high"]
    comma = found.decimal == "," and source.sep != ","

    def text(value):
        shown = "" if np.isnan(value) else digits % value
        return shown.replace(".", ",") if comma else shown

    writer.writerow([*source.head, *names])
    for cells, *values in zip(source.rows(), *columns):
        writer.writerow([*cells, *map(text, values)])
