"""A trained model as a value, and as the JSON text that holds all of it."""

import dataclasses
import hashlib
import json
from typing import Optional, Tuple

import numpy as np

from ..config import Config, Fit, InputError
from .spread import Spread
from .units import Units

FORMAT, VERSION = "linreg_gluon model", 3
KNOWN = 1, 2, 3  # 1: without plan and spread; 2: without smearing


@dataclasses.dataclass(frozen=True, eq=False)
class Model:
    """What is kept of a training run.

    fit: the Fit in training units, exactly as training left it. units: those units.
    config: its Config; num_epochs is how many epochs were wanted in all. names: the d
    features' names and last the target's. data, metrics: what JSON can hold of what it
    was trained on (a fingerprint, for one) and how good it is. plan: how the columns
    of a file become its features, in JSON's types. spread: for intervals. smearing:
    None; else fit predicts the logarithm of the target, and exp of that, times this,
    the target.
    """

    fit: Fit
    config: Config
    names: Tuple[str, ...]
    units: Units
    data: dict = dataclasses.field(default_factory=dict)
    metrics: dict = dataclasses.field(default_factory=dict)
    plan: Optional[dict] = None
    spread: Optional[Spread] = None
    smearing: Optional[float] = None

    @property
    def learned(self):
        """The Fit in the data's own units: w float64 (d,), b, losses."""
        return self.units.fold(self.fit)

    @property
    def dtype(self):
        """The dtype that it was trained in."""
        return np.asarray(self.fit.w).dtype

    def predict(self, features):
        """Return predictions, float64 (n,), for features (n, d) in their own units."""
        found = self.linear(features)
        if self.smearing is None:
            return found
        with np.errstate(over="ignore"):
            return np.exp(found) * self.smearing

    def linear(self, features):
        """Return features @ w + b, float64 (n,): with smearing, of the logarithm."""
        own = self.learned
        return np.asarray(features, np.float64) @ own.w + own.b


def gluon_params(model):
    """Return {"0.weight": (1, d), "0.bias": (1,)} in the data's own units.

    These are the names and shapes of a Sequential that holds one Dense(1).
    """
    dtype = model.dtype
    with np.errstate(over="ignore", invalid="ignore"):  # it is checked below
        own = model.learned
        w, b = own.w.astype(dtype).reshape(1, -1), np.array([own.b]).astype(dtype)
    for name, value, kept in zip(
        (*model.names[:-1], "bias"), [*own.w, own.b], [*w[0], *b]
    ):
        if not np.isfinite(kept):
            raise OverflowError(
                f"the parameter of {name}, {value:g}, does not fit into {dtype}: "
                "nothing was saved; train in float64 or use another unit"
            )
    return {"0.weight": w, "0.bias": b}


def to_json(model, params_sha256, versions):
    """Return a Model as JSON, in bytes.

    "learned" and "losses" are in the data's own units; "training" is what training goes
    on from, in its units. "sha256" is that of all the rest.
    """
    own, fit, units = model.learned, model.fit, model.units
    content = {
        "format": FORMAT,
        "version": VERSION,
        "features": list(model.names[:-1]),
        "target": model.names[-1],
        "learned": {"w": own.w.tolist(), "b": own.b},
        "epoch": len(fit.losses),
        "losses": list(own.losses),
        "metrics": model.metrics,
        "config": dataclasses.asdict(model.config),
        "dtype": str(model.dtype),
        "units": {
            "mean": units.mean.tolist(),
            "scale": units.scale.tolist(),
            "label_mean": units.label_mean,
            "label_scale": units.label_scale,
        },
        "training": {"w": fit.w.tolist(), "b": fit.b, "losses": list(fit.losses)},
        "data": model.data,
        "plan": model.plan,
        "spread": model.spread and model.spread.to_json(),
        "smearing": model.smearing,
        "versions": versions,
        "params_sha256": params_sha256,
    }
    return sealed(content)


def sha256(content):
    """Return the sha256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def sealed(content):
    """Return a dict as JSON, in bytes, with the sha256 of all the rest at its end."""

    def text(content):
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)

    checksum = sha256(text(content).encode("utf-8"))
    return text({**content, "sha256": checksum}).encode("utf-8") + b"\n"


def parse(path, text):
    """Return the dict in a model's JSON bytes; InputError unless it is as written."""
    try:
        content = json.loads(text.decode("utf-8"))
        version = content["format"], content["version"]
        del content["sha256"]
        known = version[0] == FORMAT and version[1] in KNOWN
        intact = not known or sealed(content) == text
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(f"{path}: is damaged, or no {FORMAT}") from None
    if not known:
        raise InputError(
            f"{path}: version {version[1]!r}, only {VERSION} and older are known here"
        )
    if not intact:
        raise InputError(f"{path}: is damaged or was edited: its sha256 does not fit")
    return content


def from_json(path, content):
    """Return the Model that a parsed dict holds; InputError where it makes none."""
    try:
        training, units = content["training"], content["units"]
        if content["dtype"] not in ("float32", "float64"):
            raise ValueError("dtype must be float32 or float64")
        with np.errstate(over="ignore"):
            w = np.array(training["w"], content["dtype"])
        fit = Fit(w, float(training["b"]), tuple(map(float, training["losses"])))
        mean, scale = np.array(units["mean"], float), np.array(units["scale"], float)
        labels = float(units["label_mean"]), float(units["label_scale"])
        names = (*content["features"], content["target"])
        if not np.isfinite([*w, *fit.losses, *mean, *scale, fit.b, *labels]).all():
            raise ValueError("a number in it is not finite")
        if not (w.shape == mean.shape == scale.shape == (len(names) - 1,)):
            raise ValueError("features, weights and units differ in number")
        return Model(
            fit,
            Config(**content["config"]),
            names,
            Units(mean, scale, *labels),
            dict(content["data"]),
            dict(content["metrics"]),
            content.get("plan") and dict(content["plan"]),
            content.get("spread") and Spread.from_json(content["spread"]),
            checked_smearing(content.get("smearing")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: does not describe a model: {error}") from None


def checked_smearing(value):
    """Return a smearing factor or None; ValueError for what can be none."""
    if value is None:
        return None
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"smearing must be finite and greater than 0, got {value}")
    return float(value)
