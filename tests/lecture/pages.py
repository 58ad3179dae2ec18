"""The page, built for the tests that look into it: small studies, no exercises run."""

import functools

import pytest

from linreg_gluon.lecture import CLAIMS, EXERCISES, Lab, page, record

HERE = {
    "system": "Linux",
    "dataset": "mxnet-linux",
    "losses": {"0.1": [[0.04, 0.05]] * 3, "0.03": [[0.06, 0.07]] * 3},
}
RATES, BATCHES = (0.001, 0.03, 1.0, 3.0), (10, 1000)
RESULTS = tuple(
    record.Result(number, claim, "measured %d" % number, claim.verdict)
    for number, claim in enumerate(CLAIMS, 1)
)


@functools.lru_cache(maxsize=None)
def build(results=RESULTS, language="en"):
    """Return the page of some results, every claim as recorded by default."""
    with pytest.MonkeyPatch.context() as patch:
        texts = {each.id: {"en": "Yes: " + each.id, "zh": "是的"} for each in EXERCISES}
        patch.setattr(page, "answers", lambda: texts)
        small = functools.partial(page.bench_shown, lrs=RATES, batch_sizes=BATCHES)
        patch.setattr(page, "bench_shown", small)
        return page.html(results, Lab(2), HERE, language)
