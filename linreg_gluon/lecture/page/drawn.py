"""From a drawing on axes to SVG that stands in a page, in both languages."""

import io
import re

import matplotlib
import numpy as np
from matplotlib.figure import Figure

LONG = re.compile(r"\d+\.\d{3,}")
POINTS = 72  # an SVG's units to the inch
# The words in the figures; numbers in them are kept.
CHINESE = (
    ("examples", "样本"),
    ("learned, other features at their mean", "学到的直线，另一个特征取均值"),
    (r"features\[:, 1\]", "第二个特征"),
    ("labels", "标签"),
    ("epoch", "迭代周期"),
    ("mean half squared error", "损失：误差平方的一半的平均值"),
    ("noise floor", "噪声下限"),
    (r"part (\d) at lr ([\d.]+), printed", r"第 \1 部分，学习率 \2，打印的"),
    (r"part (\d) at lr ([\d.]+), (\d+) reruns", r"第 \1 部分，学习率 \2，重跑 \3 次"),
    (r"part (\d) at lr ([\d.]+), ours", r"第 \1 部分，学习率 \2，我们的"),
    ("learning rate", "学习率"),
    ("loss after the last epoch", "最后一个迭代周期后的损失"),
    ("all runs", "全部运行"),
    ("median run", "中位数"),
    ("a run diverged", "有运行发散"),
    (r"full batch: ([\d.]+)", r"全部样本：\1"),
    (r"batches of (\d+): ([\d.]+)", r"批量大小 \1：\2"),
    ("true", "真实值"),
    ("least squares", "最小二乘"),
    ("learned minus true", "学到的减真实的"),
    ("start", "起点"),
    ("loss of all examples", "全部样本上的损失"),
    ("prediction", "预测值"),
    ("with the reshape", "有 reshape"),
    ("without it", "没有 reshape"),
)


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
    """Return a <text> in both languages if it has words of CHINESE."""
    rest, label = match.groups()
    for english, chinese in CHINESE:
        if re.fullmatch(english, label):
            other = re.sub(english, chinese, label)
            texts = (("en", label), ("zh", other))
            return "".join(
                '<text class="%s" lang="%s"%s%s</text>'
                % (language, language, rest, text)
                for language, text in texts
            )
    return match[0]


def place(axes, x, y):
    """Return points of the data's coordinates in those of the SVG, float (k, 2)."""
    points = axes.transData.transform(np.column_stack([x, y]))
    points *= POINTS / axes.figure.dpi
    points[:, 1] = axes.figure.get_size_inches()[1] * POINTS - points[:, 1]
    return points
