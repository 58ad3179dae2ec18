"""MXNet's CPU normal generator in NumPy: its draws without its global state.

The initial weights are drawn here, because seeding MXNet's own generator, whose state
cannot be read, would make a caller's random numbers repeat; and so is the lecture's
data, on every platform.

``mx.nd.random.normal`` calls C++'s std::normal_distribution, and each C++ standard
library has its own: the same seed is another data set on Linux (libstdc++) and macOS
(libc++). Both use Marsaglia's polar method (Marsaglia and Bray, 1964):

    u = 2 U - 1,  v = 2 U - 1,  s = u^2 + v^2,  again unless 0 < s <= 1
    m = sqrt(-2 ln(s) / s);   libstdc++ returns v m, libc++ returns u m

U is a 32-bit word / 2^32 (in float64 two words, the lower one first, / 2^64), and ln is
the C library's, so that not a bit differs where that is the same. Each number is a
fresh call: the pair's other half is lost. A draw of N numbers is cut into k =
min(ceil(N / 64), 1024) chunks of ceil(N / k); chunk i has a Mersenne Twister of its
own, seeded with seed * 127 + i, that lives on from draw to draw (MXNet 1.9.1:
src/common/random_generator.h, src/operator/random/sampler.h).
"""

import ctypes
import functools
import math
import sys

import numpy as np

MAX_CHUNKS, CHUNK = 1024, 64


# Where MXNet itself runs; elsewhere the lecture's Linux data are drawn.
HERE = "libc++" if sys.platform == "darwin" else "libstdc++"


@functools.lru_cache(maxsize=None)
def _c_logf():
    """Return the C library's logf, or NumPy's logarithm, 4 ulp from it, without."""
    try:
        logf = ctypes.CDLL(None).logf
    except (TypeError, AttributeError):  # Windows
        return np.log
    logf.argtypes, logf.restype = [ctypes.c_float], ctypes.c_float
    return logf


def _log(values):
    """Return the natural logarithms of floats as C++ takes them, in their dtype."""
    log = _c_logf() if values.dtype == np.float32 else math.log
    return np.fromiter(map(log, values.tolist()), values.dtype, len(values))


class NormalGenerator:
    """The generator behind ``mx.random.seed(seed)`` on a CPU.

    seed: int >= 0; MXNet's own default is 0. library: "libstdc++" or "libc++".
    """

    def __init__(self, seed=0, library=HERE):
        if library not in ("libstdc++", "libc++"):
            raise ValueError(f"library must be libstdc++ or libc++, got {library!r}")
        self.seed, self.library, self.states = seed, library, {}

    def normal(self, scale, shape, dtype="float32"):
        """Return draws from N(0, scale^2), as ``nd.random.normal`` does.

        dtype: "float32" or "float64".
        """
        size = int(np.prod(shape))
        chunks = min(-(-size // CHUNK), MAX_CHUNKS)
        each = -(-size // chunks)
        parts = [
            self._polar(i, min(each, size - i * each), np.dtype(dtype))
            for i in range(chunks)
            if i * each < size
        ]
        scale = np.float32(scale).astype(dtype)  # an operator's parameter is a float
        return (np.concatenate(parts) * scale).reshape(shape)

    def _polar(self, chunk, count, dtype):
        """Return ``count`` standard normals from one chunk's own generator."""
        if chunk not in self.states:
            seed = (self.seed * 127 + chunk) % 2**32
            self.states[chunk] = np.random.RandomState(seed)
        state, parts = self.states[chunk], []
        while count > 0:  # a round accepts pi/4 of its pairs and never one too many
            u, v = (2 * self._uniform(state, 2 * count, dtype) - 1).reshape(-1, 2).T
            s = u * u + v * v
            ok = (s > 0) & (s <= 1)
            s, kept = s[ok], (v if self.library == "libstdc++" else u)[ok]
            parts.append(kept * np.sqrt(-2 * _log(s) / s))
            count -= len(kept)
        return np.concatenate(parts)

    @staticmethod
    def _uniform(state, count, dtype):
        """Return U, count numbers of the dtype, from a Mersenne Twister's words."""
        per_number = dtype.itemsize // 4
        words = state.randint(0, 2**32, per_number * count, dtype=np.uint32)
        words = words.astype(dtype).reshape(count, per_number)
        powers = dtype.type(2**32) ** np.arange(per_number, dtype=dtype)
        return words @ powers / dtype.type(2**32) ** dtype.type(per_number)
