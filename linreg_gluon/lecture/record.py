"""What the lecturer claims and the notebooks printed; each claim with a verdict.

CLAIMS is the record: what is claimed at which of the lecture's steps, where our code
does it, and the verdict that measuring (claims/) gave. compare() measures again.
"""

import dataclasses
from typing import NamedTuple

from .claims import pieces, play, training
from .lab import FAILS, HOLDS, REMARK, TIMED


class Claim(NamedTuple):
    """One thing that the lecturer says or the notebooks show.

    step: the lecture's step. text: the claim. code: the room and function that does it.
    verdict: as recorded. check(lab) -> (what was measured, by language; verdict).
    """

    step: str
    text: str
    code: str
    verdict: str
    check: callable


CLAIMS = (
    Claim(
        "1",
        "1000 examples, 2 features, w = [2, -3.4], b = 4.2, noise sd 0.01; the rows "
        "that the notebooks print",
        "data.lecture_data",
        HOLDS,
        pieces.data_is_the_notebooks,
    ),
    Claim(
        "2",
        "The second feature and the label are correlated, with a wide spread",
        "plots.scatter",
        HOLDS,
        pieces.correlation,
    ),
    Claim(
        "3, 12",
        "A batch is (10, 2) features and (10,) labels, in random order",
        "scratch.data_iter, concise.data_loader",
        HOLDS,
        pieces.batches,
    ),
    Claim(
        "4",
        "w starts as N(0, 0.01^2), b as 0",
        "scratch.init_params",
        HOLDS,
        pieces.initial_weights,
    ),
    Claim(
        "7",
        "Without the reshape a row minus a column is a matrix, and nobody warns you",
        "scratch.squared_loss",
        HOLDS,
        pieces.reshape,
    ),
    Claim(
        "7, 8, 16",
        "The loss is not divided by the batch size; sgd and Trainer.step are",
        "scratch.squared_loss, scratch.sgd",
        HOLDS,
        pieces.division,
    ),
    Claim(
        "9, 10",
        "The last losses that the notebooks print belong to the w and b they print",
        "data.lecture_data",
        HOLDS,
        training.printed_losses,
    ),
    Claim(
        "9, 17",
        "The printed losses and errors, rerun: part 1 at lr 0.1, part 2 at lr 0.03",
        "scratch.train, concise.train",
        REMARK,
        training.reruns,
    ),
    Claim(
        "9, 17",
        "At lr 0.03 the loss is large after the first epoch, then very small",
        "scratch.train, concise.train",
        HOLDS,
        training.falling_losses,
    ),
    Claim(
        "10",
        "The learned parameters are very close to the true ones",
        "theory.least_squares, theory.sgd_spread",
        HOLDS,
        training.closeness,
    ),
    Claim(
        "11",
        "A very small learning rate leaves a large loss after three epochs",
        "scratch.train",
        HOLDS,
        play.small_lr,
    ),
    Claim(
        "11",
        "A rate of 1 works, one too large gives nan; take the largest that works",
        "theory.largest_stable_lr",
        REMARK,
        play.large_lr,
    ),
    Claim(
        "11",
        "Training again without initialising w and b again gives a falsely good number",
        "scratch.train(start=...)",
        HOLDS,
        play.stale_weights,
    ),
    Claim(
        "13",
        "Dense(1) learns its input size at the first forward",
        "concise.linear_net",
        HOLDS,
        pieces.deferred_size,
    ),
    Claim(
        "14",
        "The bias is 0 by default",
        "concise.linear_net",
        HOLDS,
        pieces.default_bias,
    ),
    Claim(
        "17",
        "Both parts compute the same: same batches, same numbers",
        "scratch.train, concise.train",
        HOLDS,
        training.same_numbers,
    ),
    Claim(
        "18",
        "Predefined layers are more numerically stable",
        "concise.train",
        FAILS,
        play.more_stable,
    ),
    Claim(
        "18",
        "Predefined layers are faster",
        "concise.train",
        TIMED,
        play.faster,
    ),
    Claim(
        "17",
        "The results of the two parts are very similar",
        "scratch.train, concise.train",
        HOLDS,
        training.similar_results,
    ),
)


@dataclasses.dataclass(frozen=True)
class Result:
    """A claim measured: its number from 1, what was measured, the verdict it gives.

    measured: in English; said(language) is it in "en" or "zh".
    """

    number: int
    claim: Claim
    measured: str
    verdict: str
    chinese: str = ""

    @classmethod
    def of(cls, number, lab):
        """Measure the claim of a number on a lab.Lab."""
        claim = CLAIMS[number - 1]
        measured, verdict = claim.check(lab)
        return cls(number, claim, measured["en"], verdict, measured["zh"])

    def said(self, language):
        return self.chinese or self.measured if language == "zh" else self.measured

    @property
    def as_recorded(self):
        return self.verdict == self.claim.verdict


def compare(lab, on_result=None):
    """Measure every claim on a lab.Lab; return the tuple of Results.

    on_result(result) is called after each.
    """
    results = []
    for number in range(1, len(CLAIMS) + 1):
        result = Result.of(number, lab)
        results.append(result)
        if on_result:
            on_result(result)
    return tuple(results)


def headline(results):
    """Return the verdict on the whole in one line; its counts add up to all."""
    hold, remark, fail, timed = (
        sum(r.verdict == v for r in results) for v in (HOLDS, REMARK, FAILS, TIMED)
    )
    changed = [str(r.number) for r in results if not r.as_recorded]
    line = "%d claims: %d hold, %d hold with a remark" % (len(results), hold, remark)
    line += ", %d %s not" % (fail, "does" if fail == 1 else "do")
    line += ", %d %s timed" % (timed, "is" if timed == 1 else "are")
    if changed:
        return line + "; NOT AS RECORDED: claim " + ", ".join(changed)
    return line + "; all as recorded."
