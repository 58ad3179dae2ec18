"""From a drawing on axes to SVG that stands in a page, in both languages."""

import io
import re

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from ..labels import chinese

LONG = re.compile(r"\d+\.\d{3,}")
POINTS = 72  # an SVG's units to the inch


def svg(draw, name):
    """Return (SVG, axes) of draw(axes), its ink the page's own colour.

    name: keeps its ids apart, and the id of the caption, name-caption, that tells a
    reader who cannot see it what it is.
    """
    figure = Figure(figsize=(4.6, 3.4), layout="constrained", dpi=POINTS)
    style = {"font.size": 10.5, "svg.fonttype": "none", "svg.hashsalt": name}
    with matplotlib.rc_context(style):
        axes = figure.subplots()
        draw(axes)
        axes.set_title("")
        axes.patch.set_alpha(0)
        legend_above(axes)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    body = text.getvalue()
    body = body[body.index("<svg") :].replace("#000000", "currentColor")
    body = re.sub(r"(\bid=\"|url\(#|href=\"#)", r"\1%s-" % name, body)
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"font-family: [^;\"]*;? ?", "", body)  # the page's own
    body = re.sub(r"<[^>]*>", lambda tag: LONG.sub(shorter, tag[0]), body)
    told = '<svg role="img" aria-labelledby="%s-caption" ' % name
    return in_both(body.replace("<svg ", told, 1)), axes


def shorter(match):
    """Return a number of an SVG with the two decimals that can be seen."""
    return "%.2f" % float(match[0])


def legend_above(axes):
    """Move a legend above the axes, where it hides nothing, and let them grow."""
    handles, labels = axes.get_legend_handles_labels()
    if not labels:
        return
    columns = 2 if len(labels) > 1 and max(map(len, labels)) < 22 else 1
    axes.legend(handles, labels, loc="lower left", bbox_to_anchor=(-0.1, 1),
                ncol=columns, frameon=False, borderaxespad=0.2)  # fmt: skip
    width, height = axes.figure.get_size_inches()
    rows = -(-len(labels) // columns)
    axes.figure.set_size_inches(width, height + 0.2 * rows)


def in_both(body):
    """Return SVG with each of its English words followed by the Chinese ones."""
    return re.sub(r"<text( [^>]*>)([^<]+)</text>", pair, body)


def pair(match):
    """Return a <text> in both languages if labels knows its words."""
    rest, label = match.groups()
    other = chinese(label)
    if other == label:
        return match[0]
    return "".join(
        '<text class="%s" lang="%s"%s%s</text>' % (language, language, rest, text)
        for language, text in (("en", label), ("zh", other))
    )


def place(axes, x, y):
    """Return points of the data's coordinates in those of the SVG, float (k, 2)."""
    points = axes.transData.transform(np.column_stack([x, y]))
    points *= POINTS / axes.figure.dpi
    points[:, 1] = axes.figure.get_size_inches()[1] * POINTS - points[:, 1]
    return points
