"""The lecture's problem: its very data on every platform, or data of its kind."""

import dataclasses
import json
import pathlib
from typing import Tuple

import numpy as np

from ..data import synthetic_data
from ..normal import NormalGenerator

LECTURE = {"true_w": [2.0, -3.4], "true_b": 4.2, "num_examples": 1000, "noise": 0.01}
LIBRARIES = {"lecture": "libc++", "mxnet-linux": "libstdc++"}


def recorded():
    """Return what the notebooks printed, by part: a dict of recorded.json."""
    file = pathlib.Path(__file__).with_name("recorded.json")
    return json.loads(file.read_text(encoding="utf-8"))


def lecture_data(which="lecture"):
    """Return the lecture's own data set (step 1), to the last printed digit.

    which: "lecture", what its notebooks printed (MXNet's generator on macOS, seed 0),
    or "mxnet-linux", what the same code draws on Linux. Returns features float32
    (1000, 2) and labels float32 (1000,); LECTURE holds the true parameters. Raises
    ValueError.
    """
    if which not in LIBRARIES:
        raise ValueError(f"which must be one of {sorted(LIBRARIES)}, got {which!r}")
    draw = NormalGenerator(0, LIBRARIES[which]).normal
    features = draw(1, (1000, 2))
    # Column by column, as the notebooks do: float32 sums depend on their order.
    w, b = np.float32(LECTURE["true_w"]), np.float32(LECTURE["true_b"])
    labels = w[0] * features[:, 0] + w[1] * features[:, 1] + b
    return features, labels + draw(LECTURE["noise"], (1000,))


@dataclasses.dataclass(frozen=True)
class Problem:
    """A data set whose true parameters are known.

    which: as lecture_data's, or "synthetic": drawn afresh from the rest of the fields.
    true_w: d numbers. noise: sd of the Gaussian noise on the labels.
    """

    which: str = "lecture"
    true_w: Tuple[float, ...] = tuple(LECTURE["true_w"])
    true_b: float = LECTURE["true_b"]
    num_examples: int = LECTURE["num_examples"]
    noise: float = LECTURE["noise"]

    def data(self, seed=0):
        """Return features float32 (n, d), labels float32 (n,); ValueError by name."""
        if self.which != "synthetic":
            return lecture_data(self.which)
        drawn_from = self.true_w, self.true_b, self.num_examples, self.noise
        return synthetic_data(*drawn_from, seed)
