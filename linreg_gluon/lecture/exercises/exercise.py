"""What an exercise is, and the two loops that the answers share."""

import dataclasses
import functools
import inspect
import textwrap
from typing import Callable, Dict

import numpy as np

from ... import scratch
from ...compat import mx
from ..dataset import lecture_data


@dataclasses.dataclass(frozen=True)
class Exercise:
    """A question that the lecture or its book asks, with an answer that is run.

    id: a name for links. step: the lecture's step at which it is asked. question and
    says: {"en": text, "zh": text}; says is filled in with what run() measured, a dict.
    holds(measured): whether that is what the words of says claim.
    """

    id: str
    step: int
    question: Dict[str, str]
    run: Callable[[], dict]
    says: Dict[str, str]
    holds: Callable[[dict], bool]

    def answer(self):
        """Run the answer; return (measured, {"en": sentence, "zh": sentence})."""
        measured = self.run()
        return measured, self.sentence(measured)

    def sentence(self, measured):
        """Return the answer in both languages, or plain figures where it fails."""
        if self.holds(measured):
            figures = {name: shown(value) for name, value in measured.items()}
            return {lang: text.format(**figures) for lang, text in self.says.items()}
        figures = ", ".join("%s = %s" % item for item in measured.items())
        failed = {"en": "Not as expected here: ", "zh": "与预期不符："}
        return {language: words + figures for language, words in failed.items()}

    @property
    def code(self):
        """Return the source of the answer, to be shown."""
        return textwrap.dedent(inspect.getsource(self.run))


class Shown(list):
    """A list that prints its numbers, and those of lists in it, to five digits."""

    def __format__(self, spec):
        parts = [format(shown(each), "" if isinstance(each, list) else ".5g")
                 for each in self]  # fmt: skip
        return "[" + ", ".join(parts) + "]"


def shown(value):
    """Return value, as Shown if it is a list."""
    return Shown(value) if isinstance(value, list) else value


@functools.lru_cache(maxsize=None)
def lecture():
    """Return the lecture's own features (1000, 2) and labels (1000,), made once."""
    return lecture_data()


def descend(loss, features, labels, rates):
    """Walk full-batch descent on any loss by autograd; return (w (d,), b).

    loss(y_hat, y) gives NDArrays of any shape; each of rates is one step's lr.
    """
    X, y = mx.nd.array(features), mx.nd.array(labels)
    w, b = scratch.init_params(X.shape[1], 0)
    for param in (w, b):
        param.attach_grad()
    for lr in rates:
        with mx.autograd.record():
            l = loss(scratch.linreg(X, w, b), y)
        l.backward()
        scratch.sgd([w, b], lr, l.size)
    return w.asnumpy().ravel(), float(b.asscalar())


def walk(features, labels, batches, lr=0.03):
    """Walk the lecture's loop over index arrays of our choosing, in float64.

    Return (theta (d + 1,) = [w, b] from zeros, mean half squared error after it).
    """
    Z = np.column_stack([features, np.ones(len(labels))]).astype(np.float64)
    theta = np.zeros(Z.shape[1])
    for rows in batches:
        X, y = Z[rows], labels[rows]
        theta -= lr * X.T @ (X @ theta - y) / len(y)
    return theta, float(np.mean((Z @ theta - labels) ** 2) / 2)
