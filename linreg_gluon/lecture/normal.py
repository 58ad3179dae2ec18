"""MXNet's CPU normal generator in NumPy: the lecture's data on every platform.

``mx.nd.random.normal`` calls C++'s std::normal_distribution, and each C++ standard
library has its own: the same seed is another data set on Linux (libstdc++) and macOS
(libc++). Both use Marsaglia's polar method (Marsaglia and Bray, 1964), in float32:

    u = 2 U - 1,  v = 2 U - 1,  s = u^2 + v^2,  again unless 0 < s <= 1
    m = sqrt(-2 ln(s) / s);   libstdc++ returns v m, libc++ returns u m

U is a 32-bit word / 2^32. Each number is a fresh call: the pair's other half is lost.
A draw of N numbers is cut into k = min(ceil(N / 64), 1024) chunks of ceil(N / k); chunk
i has a Mersenne Twister of its own, seeded with seed * 127 + i, that lives on from draw
to draw (MXNet 1.9.1: src/common/random_generator.h, src/operator/random/sampler.h).
"""

import numpy as np

MAX_CHUNKS, CHUNK = 1024, 64


class NormalGenerator:
    """The generator behind ``mx.random.seed(seed)`` on a CPU.

    seed: int >= 0; MXNet's own default is 0. library: "libstdc++" or "libc++".
    """

    def __init__(self, seed=0, library="libstdc++"):
        if library not in ("libstdc++", "libc++"):
            raise ValueError(f"library must be libstdc++ or libc++, got {library!r}")
        self.seed, self.library, self.states = seed, library, {}

    def normal(self, scale, shape):
        """Return float32 draws from N(0, scale^2), as ``nd.random.normal`` does."""
        size = int(np.prod(shape))
        chunks = min(-(-size // CHUNK), MAX_CHUNKS)
        each = -(-size // chunks)
        parts = [
            self._polar(i, min(each, size - i * each))
            for i in range(chunks)
            if i * each < size
        ]
        return (np.concatenate(parts) * np.float32(scale)).reshape(shape)

    def _polar(self, chunk, count):
        """Return ``count`` standard normals from one chunk's own generator."""
        if chunk not in self.states:
            seed = (self.seed * 127 + chunk) % 2**32
            self.states[chunk] = np.random.RandomState(seed)
        state, parts = self.states[chunk], []
        while count > 0:  # a round accepts pi/4 of its pairs and never one too many
            words = state.randint(0, 2**32, 2 * count, dtype=np.uint32)
            uniform = words.astype(np.float32) / np.float32(2**32)
            u, v = (2 * uniform - 1).reshape(-1, 2).T
            s = u * u + v * v
            ok = (s > 0) & (s <= 1)
            s, kept = s[ok], (v if self.library == "libstdc++" else u)[ok]
            parts.append(kept * np.sqrt(-2 * np.log(s) / s))
            count -= len(kept)
        return np.concatenate(parts)
