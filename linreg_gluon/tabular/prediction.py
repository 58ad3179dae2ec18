"""Predictions of a saved model for the rows of a CSV file."""

import csv
import itertools

from ..config import InputError
from .files import read_layout, records
from .table import pick, read_values


def predict_csv(model, path):
    """Return predictions, float64 (n,), for the rows of a CSV file.

    model: a Model. path: a file as read_csv takes it; the model's features are found by
    name, other columns may hold anything. Raises InputError as read_csv does.
    """
    layout = read_layout(path)
    picked = pick(layout, model.names[:-1])
    return model.predict(read_values(layout, picked, dtype=str(model.dtype)))


def added_name(model, path):
    """Return the name of the column of predictions; InputError if the file has one."""
    name = "predicted_%s" % model.names[-1]
    if name in read_layout(path).columns:
        raise InputError(f"{path}: there is a column {name!r} already; rename it")
    return name


def write_predictions(file, path, name, predictions, dtype):
    """Copy a CSV file to an open text file, with the predictions as a last column.

    Every cell stays as it was, and so does the delimiter. A prediction has the digits
    that dtype, the model's, tells apart.
    """
    writer = csv.writer(
        file, delimiter=read_layout(path).delimiter, lineterminator="\n"
    )
    digits = "%.9g" if dtype == "float32" else "%.17g"
    added = itertools.chain([name], (digits % value for value in predictions))
    for (_, cells), last in zip(records(path), added):
        writer.writerow([*cells, last])
