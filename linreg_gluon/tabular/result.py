"""What a run over a table found: it prints, draws, keeps and predicts."""

import dataclasses
import os

import numpy as np

from .. import kept
from ..config import Config, Fit, once
from ..theory import ridge
from .inference import inference
from .summary import closing_lines, coefficient_table, summary


@dataclasses.dataclass(frozen=True, eq=False)
class Result:
    """A trained Experiment. str() of it is the report that the scripts print.

    study: the Experiment. fit: its Fit in training units, with the losses. config: what
    it trained with. seconds: of each stage. ending: how a run to convergence ended, a
    converging.Ending; None where the number of epochs was given. auto: what was found.
    """

    study: object
    fit: Fit
    config: Config
    seconds: dict
    ending: object = None
    auto: tuple = ()

    @property
    def learned(self):
        """The Fit in the data's own units: w float64 (d,), b, losses."""
        return self.study.units.fold(self.fit)

    @property
    def plan(self):
        """How the file's columns became the features, a Plan; None for arrays."""
        return self.study.plan

    @once
    def inference(self):
        """What least squares' coefficients are worth, an Inference; None if unknown."""
        solution = self.study.solution
        if solution is None or solution.noiseless:
            return None
        return inference(solution.least, self.study.rows["training"])

    @once
    def ridge(self):
        """The (d + 1,) that weight decay leads to, in the data's own units, b last.

        None without weight decay, or where this process has a part of the rows alone.
        """
        if not self.config.weight_decay or self.study.whole:
            return None
        own = self.study.units.fold(
            Fit(*ridge(*self.study.training, self.config.weight_decay))
        )
        return np.append(own.w, own.b)

    @once
    def scores(self):
        """The Scores: how good the fit is on the rows."""
        return self.study.scores(self.fit)

    def metrics(self):
        """Return {part: {"rmse", "r2"}}, rmse in the target's own units."""
        return self.scores.metrics

    def known_to_all(self):
        """Return this Result, of which each of many processes can speak from now on.

        All call it at once: what is said rests on the rows of all.
        """
        if self.study.whole:
            _ = self.scores, self.study.second_moment
        return self

    def __str__(self):
        return "\n".join(summary(self))

    __repr__ = __str__

    def _repr_html_(self):
        from html import escape

        head, *rows = coefficient_table(self)
        cells = ["".join("<td>%s</td>" % escape(cell) for cell in row) for row in rows]
        top = "".join("<th>%s</th>" % escape(cell) for cell in head)
        table = "".join("<tr>%s</tr>" % row for row in [top, *cells])
        notes = ["note: " + line for line in self.study.warnings]
        lines = notes + closing_lines(self)
        below = "".join("<p>%s</p>" % escape(line) for line in lines)
        return "<table>%s</table>%s" % (table, below)

    def figure(self):
        """Return a matplotlib Figure: predictions, residuals, the path of the loss."""
        from .drawing import report_figure

        solution = self.study.solution
        told = {"losses": self.learned.losses, "target": self.study.target}
        told["floor"] = solution.least.loss if solution else None
        return report_figure(*self.predicted(), **told)

    def predicted(self, at_most=5000):
        """Return (actual, predicted, is_held) of at most so many rows of each part.

        Both (k,) float64 in the target's own units, is_held (k,) bool. For a picture.
        Where processes have rows of their own, of this one's.
        """
        parts, units = [], self.study.units
        for is_held, data in enumerate([self.study.training, self.study.held]):
            if data:
                step = max(1, -(-len(data[1]) // at_most))
                X, y = data[0][::step], data[1][::step]
                y_hat = X @ self.fit.w + self.fit.b
                parts.append([y, y_hat, np.full(len(y), bool(is_held))])
        y, y_hat, is_held = (np.concatenate(column) for column in zip(*parts))
        scale, mean = units.label_scale, units.label_mean
        return y * scale + mean, y_hat * scale + mean, is_held

    def model(self):
        """Return the kept.Model: what is kept of this run."""
        return self.study.model(self.fit, self.config, self.scores)

    def save(self, prefix):
        """Save PREFIX.json and PREFIX.params; errors as for kept.save."""
        kept.save(prefix, self.model())

    def export(self, prefix):
        """Write PREFIX-symbol.json and PREFIX-0000.params for serving."""
        kept.export_model(prefix, self.model())

    def predict(self, rows):
        """Return predictions, float64 (n,), in the target's own units.

        rows: features (n, d) in their own units; or a file, DataFrame or dict of
        columns, as raw as the data were: columns are found by name, others passed over,
        and a row that cannot be predicted is NaN. Raises InputError for a missing
        column, ValueError for another number of features.
        """
        from .prediction import predict, rows_of

        model = self.model()
        if isinstance(rows, (str, os.PathLike)) or hasattr(rows, "keys"):
            return predict(model, rows_of(model, rows)).values
        return model.predict(rows)

    def record(self):
        """Return what the run was told and what it found, as the scripts' --json."""
        from ..versions import versions

        own = self.learned
        return {
            "config": dataclasses.asdict(self.config),
            "dataset": None,
            "losses": list(own.losses),
            "learned": {"w": own.w.tolist(), "b": own.b},
            "true": None,
            "columns": list(self.study.names),
            "plan": self.study.plan and self.study.plan.to_json(),
            "metrics": self.metrics(),
            "least_squares": least_squares_record(self),
            "log_target": self.scores.scale,
            "ending": self.ending and dataclasses.asdict(self.ending),
            "versions": versions(),
            "seconds": self.seconds["train"],
            "stages": self.seconds,
        }


def least_squares_record(result):
    """Return least squares and what it is worth as a dict of JSON's types, or None."""
    solution, found = result.study.solution, result.inference
    if solution is None:
        return None
    least = solution.least
    record = {
        "unique": solution.unique,
        "loss": least.loss,
        "r2": finite(least.r2),
        "adjusted_r2": found and finite(found.adjusted_r2),
        "f": found and finite(found.f),
        "f_p": found and finite(found.f_p),
    }
    if solution.unique:
        record["w"], record["b"] = least.w.tolist(), least.b
    if solution.unique and found:
        record["std_error"] = [*least.se_w.tolist(), least.se_b]
        for name in ("low", "high", "t", "p"):
            record[name] = getattr(found, name).tolist()
    return record


def finite(value):
    """Return a number, None where it is not finite: JSON has no word for that."""
    return float(value) if np.isfinite(value) else None
