"""What theory says the numbers should be: where tolerances and advice come from.

Notation: n examples, d features, z = [x, 1], theta = [w, b], noise sd sigma, batches
of B, learning rate lr, T steps. Everything is computed in float64.
"""

from .conditioning import near_repeats
from .descent import (
    largest_stable_lr,
    noise_floor,
    recovery_tolerance,
    sampled_stable_lr,
    second_moment,
    sgd_spread,
    surely_stable,
)
from .shrinking import LeaveOneOut
from .squares import CONSTANT, LeastSquares, combinations
from .squares import dependencies, least_squares, ridge
from .sums import ALONE, BLOCK, Alone, Owners, Sums, blocks, exchanged, moments

__all__ = [
    "ALONE",
    "BLOCK",
    "CONSTANT",
    "Alone",
    "LeastSquares",
    "LeaveOneOut",
    "Owners",
    "Sums",
    "blocks",
    "combinations",
    "dependencies",
    "exchanged",
    "largest_stable_lr",
    "least_squares",
    "moments",
    "near_repeats",
    "noise_floor",
    "recovery_tolerance",
    "ridge",
    "sampled_stable_lr",
    "second_moment",
    "sgd_spread",
    "surely_stable",
]
