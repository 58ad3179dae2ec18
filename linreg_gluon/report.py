"""The comparison with the lecture as text for a terminal and as a dict for JSON."""

import platform
import shutil
import textwrap

from . import claims, lecture


def this_platform(runs):
    """Return what the notebooks, run on this machine, would print.

    A dict: system, dataset ("lecture", "mxnet-linux", or None where MXNet does not run)
    and losses, the range of each epoch's loss over ``runs`` shuffles at lr 0.03.
    """
    system = platform.system()
    which = {"Linux": "mxnet-linux", "Darwin": "lecture"}.get(system)
    losses = []
    if which:
        study = claims.Lab(runs, which).study("scratch", 0.03)
        losses = [[float(e.min()), float(e.max())] for e in study.losses.T]
    return {"system": system, "dataset": which, "losses": losses}


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
    losses = ", ".join("%.3g to %.3g" % tuple(pair) for pair in here["losses"])
    expect = "With lr 0.03 expect the losses %s after the three epochs: " % losses
    shuffle = "the shuffle alone, different in every run, makes the range."
    return data % here + (expect + shuffle if losses else "")


def losses_table(lab, here):
    """Return the printed losses, the lab's reruns and this platform's, a line each."""
    rows = [("loss after epoch", 1, 2, 3)]
    for number, part in enumerate(claims.PATHS, 1):
        record = claims.RECORDED[part]
        losses = lab.study(part, record["lr"]).losses
        name = "part %d, lr %g, " % (number, record["lr"])
        rows.append((name + "printed", *record["epoch_loss_printed"]))
        ours = ["%.3g +- %.1g" % (e.mean(), e.std(ddof=1)) for e in losses.T]
        rows.append((name + "%d reruns" % lab.runs, *ours))
    if here["losses"]:
        ranges = ["%.3g..%.3g" % tuple(pair) for pair in here["losses"]]
        rows.append(("notebook on %s, lr 0.03" % here["system"], *ranges))
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
        "headline": lecture.headline(results),
        "claims": claims_,
        "this_platform": here,
    }
