"""The comparison with the lecture: text for a terminal, a dict for JSON, a page."""

import dataclasses
import pathlib
import platform
import shutil
import textwrap

import numpy as np

from .. import fused, scratch
from ..config import Config
from . import chinese, listing, rates, record
from .dataset import LECTURE
from .lab import PATHS, RECORDED, TRUE, Lab
from .steps import STEPS


SHUFFLES = 1000


def this_platform():
    """Return what the notebooks, run on this machine, would print.

    A dict: system, dataset ("lecture", "mxnet-linux", or None where MXNet does not run)
    and losses, {lr at which a notebook was run, as text: ranges_at(lr)}.
    """
    system = platform.system()
    which = {"Linux": "mxnet-linux", "Darwin": "lecture"}.get(system)
    rates_run = [RECORDED[part]["lr"] for part in PATHS] if which else []
    losses = {"%g" % lr: ranges_at(lr, which) for lr in rates_run}
    return {"system": system, "dataset": which, "losses": losses}


def ranges_at(lr, which):
    """Return for each epoch (low, high), between which 99 % of SHUFFLES runs at lr end.

    They are fused's, which takes the notebooks' steps in a thousandth of the time.
    """
    lab, config = Lab(2, which), Config(lr=lr)
    runs = [
        fused.train(*lab.data, dataclasses.replace(config, seed=i), start=lab.start)
        for i in range(SHUFFLES)
    ]
    ends = np.quantile([run.losses for run in runs], [0.005, 0.995], axis=0)
    return [list(map(float, pair)) for pair in ends.T]


def advice(here):
    """Return the paragraph that a learner with other numbers needs."""
    if here["dataset"] == "lecture":
        data = "On %(system)s the notebooks' code draws the lecture's own data set. "
    elif here["dataset"]:
        data = (
            "Your own run of the notebook on %(system)s sees another data set than the "
            "lecture's: nothing is seeded, but MXNet's seed is 0 by default and its "
            "normal numbers come from the C++ library, which is another one on Linux "
            "than on the lecturer's machine. Train on it with --dataset mxnet-linux. "
        )
    else:
        data = "MXNet has no package for %(system)s; ours draws the lecture's data. "
    losses = [
        "%s with lr %s" % (", ".join("%.3g to %.3g" % tuple(pair) for pair in pairs), lr)
        for lr, pairs in here["losses"].items()
    ]
    expect = "After the three epochs expect the losses %s: " % "; ".join(losses)
    shuffle = "the shuffle alone, different in every run, makes the range, in which 99 of "
    shuffle += "100 runs end."
    return data % here + (expect + shuffle if losses else "")


def losses_table(lab, here):
    """Return the printed losses, the lab's reruns and this platform's, a line each."""
    rows = [("loss after epoch", 1, 2, 3)]
    for number, part in enumerate(PATHS, 1):
        printed = RECORDED[part]
        losses = lab.study(part, printed["lr"]).losses
        name = "part %d, lr %g, " % (number, printed["lr"])
        rows.append((name + "printed", *printed["epoch_loss_printed"]))
        ours = ["%.3g +- %.1g" % (e.mean(), e.std(ddof=1)) for e in losses.T]
        rows.append((name + "%d reruns" % lab.runs, *ours))
    for lr, pairs in here["losses"].items():
        ranges = ["%.3g..%.3g" % tuple(pair) for pair in pairs]
        rows.append(("99 %% of runs on %s, lr %s" % (here["system"], lr), *ranges))
    return "\n".join("%-30s %18s %18s %18s" % row for row in rows)


def text(results, here):
    """Return the claims one by one and the learner's paragraph."""
    width = min(shutil.get_terminal_size((88, 24)).columns, 100)

    def wrap(words, indent):
        return textwrap.fill(
            words, width, initial_indent=indent, subsequent_indent=" " * len(indent)
        )

    lines = []
    for result in results:
        claim, sign = result.claim, " " if result.as_recorded else "!"
        head = "%s%2d. %s (step %s): " % (sign, result.number, claim.text, claim.step)
        now = result.verdict if result.as_recorded else result.verdict.upper()
        if not result.as_recorded:
            now += " (recorded: %s)" % claim.verdict
        lines += [
            textwrap.fill(head + now, width, subsequent_indent=" " * 5),
            wrap(result.measured, " " * 5),
        ]
    return "\n".join([*lines, "", wrap(advice(here), "")])


def as_dict(results, here):
    """Return the comparison for --json."""
    claims_ = [
        {
            "number": result.number,
            "step": result.claim.step,
            "claim": result.claim.text,
            "code": result.claim.code,
            "measured": result.measured,
            "verdict": result.verdict,
            "recorded": result.claim.verdict,
        }
        for result in results
    ]
    return {
        "headline": record.headline(results),
        "claims": claims_,
        "this_platform": here,
    }


def page(results, lab, here):
    """Return the comparison as one self-contained HTML page.

    Needs Jinja2 and matplotlib; retrains for the learning-rate study (some seconds).
    """
    import jinja2

    template = pathlib.Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(template).render(
        headline={"en": record.headline(results), "zh": chinese.headline(results)},
        advice={"en": advice(here), "zh": chinese.advice(here)},
        here=here,
        steps=[(step, listing.listings(step)) for step in STEPS],
        results={result.number: result for result in results},
        chinese=chinese,
        inline=listing.inline,
        highlighted=listing.highlighted,
        figures=figures(lab),
        runs=lab.runs,
    )


def figures(lab):
    """Return the page's figures: dicts of title, caption and svg."""
    from .. import plots

    fit, noise = lab.study("gluon", 0.03).fits[0], LECTURE["noise"]
    records = [RECORDED[part] for part in PATHS]
    studies = [lab.study(part, r["lr"]) for part, r in zip(PATHS, records)]
    names = ["part %d at lr %g" % (i, r["lr"]) for i, r in enumerate(records, 1)]
    printed = np.array([r["epoch_loss_printed"] for r in records], dtype=float)
    losses = [study.losses for study in studies]
    points = list(rates.sweep(scratch.train, lab.data, Config()))
    limits = rates.limits(lab.data[0])
    drawn = [
        (
            "The data",
            "The second feature against the label, and the learned line. The cloud is "
            "wide because the first feature moves the label as well.",
            lambda axes: plots.scatter(axes, *lab.data, fit),
        ),
        (
            "The losses",
            "Diamonds are what the notebooks printed, lines are %d shuffles of ours; "
            "below the noise floor nothing can be learned." % lab.runs,
            lambda axes: plots.rerun_losses(axes, names, printed, losses, noise),
        ),
        (
            "The learning rate",
            "Loss after three epochs, five shuffles a rate, each initialised afresh. "
            "Theory draws the two limits.",
            lambda axes: plots.learning_rates(axes, points, limits, noise),
        ),
        (
            "The parameters",
            "How far each source is from the true parameters. Bars: the standard error "
            "of least squares, the spread over shuffles of ours.",
            lambda axes: plots.recovered(axes, ["w[0]", "w[1]", "b"], sources(lab)),
        ),
    ]
    return [
        {"title": title, "caption": caption, "svg": plots.svg(draw, title)}
        for title, caption, draw in drawn
    ]


def sources(lab):
    """Return {source: (deviations from the true parameters, sds)} for the figure."""
    best = np.append(lab.best.w, lab.best.b), np.append(lab.best.se_w, lab.best.se_b)
    rows = {"least squares": (best[0] - TRUE, best[1])}
    for number, part in enumerate(PATHS, 1):
        printed = RECORDED[part]
        study = lab.study(part, printed["lr"])
        name = "part %d at lr %g" % (number, printed["lr"])
        errors = np.append(printed["error_w"], printed["error_b"])
        rows[name + ", printed"] = -errors, np.zeros(3)
        mean, sd = study.thetas.mean(axis=0), study.thetas.std(axis=0, ddof=1)
        rows[name + ", ours"] = mean - TRUE, sd
    return rows
