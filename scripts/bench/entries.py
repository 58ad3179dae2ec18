"""What is measured: the problems, and whose processes solve them."""

import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parents[1] / "peers"
sys.path.insert(0, str(PEERS))
from problem import Problem  # noqa: E402

# In MXNet's environment, and in the peers': those for large problems, and all.
FAST = ["our fused", "numpy_loop", "bare_gather"]
SMALL = FAST + ["our scratch", "our gluon", "lecture_scratch", "lecture_gluon"]
COMPILED = ["numba_loop", "jax_gather", "jax_scan"]
FAST_THEIRS = COMPILED + ["torch_scratch", "torch_gather"]
FAST_THEIRS += ["sklearn_sgd", "sklearn_partial"]
THEIRS = FAST_THEIRS + ["torch_concise"]
LARGE, ONE_CORE = [FAST, FAST_THEIRS], [FAST, COMPILED]
PROBLEMS = {
    "lecture": Problem(1000, 2, 10, 3, 0.03),
    "1e6x2 b 10": Problem(10**6, 2, 10, 1, 0.03),
    "1e6x10 b 100": Problem(10**6, 10, 100, 1, 0.03),
    "1e6x100 b 1000": Problem(10**6, 100, 1000, 1, 0.01),
}
IN_N = [Problem(10**k, 2, 10, 1, 0.03) for k in (3, 4, 5, 6)]
IN_D = [Problem(10**5, d, 100, 1, 0.01) for d in (1, 3, 10, 30, 100, 300)]
SLOW_TO = 10**4  # examples: the loops of one call per step would take minutes beyond
