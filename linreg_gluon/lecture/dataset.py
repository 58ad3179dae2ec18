"""The lecture's own data set, to the last printed digit, on every platform."""

import numpy as np

from .normal import NormalGenerator

LECTURE = {"true_w": [2.0, -3.4], "true_b": 4.2, "num_examples": 1000, "noise": 0.01}
LIBRARIES = {"lecture": "libc++", "mxnet-linux": "libstdc++"}


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
