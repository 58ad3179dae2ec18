"""The words in the figures in Chinese, for the page and for pictures of its own."""

import re

from matplotlib.text import Text

from .. import plots

NO_FONT = "没有安装带中文字形的字体，图中的文字用英文；可以安装 fonts-noto-cjk"
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
    ("a run diverged", "有的运行发散"),
    (r"full batch: ([\d.]+)", r"全部样本：\1"),
    (r"batches of (\d+): ([\d.]+)", r"批量大小 \1：\2"),
    ("true", "真实值"),
    ("least squares", "最小二乘"),
    ("learned minus true", "学到的值减真实值"),
    ("start", "起点"),
    ("loss of all examples", "全部样本上的损失"),
    ("prediction", "预测值"),
    ("label", "标签"),
    ("with the reshape", "有 reshape"),
    ("without the reshape", "没有 reshape"),
    ("mean of the labels", "标签的平均值"),
    ("step of full-batch descent", "步数（每步用全部样本）"),
    ("w and b", "w 和 b"),
    (r"(\(\d+, 1\) - \(\d+,\)) is (.+)", r"\1 的形状是 \2"),
    ("What is learned", "学到的参数"),
)


def chinese(label):
    """Return a figure's label in Chinese, itself if it has no words of CHINESE."""
    for english, other in CHINESE:
        if re.fullmatch(english, label):
            return re.sub(english, other, label)
    return label


def in_chinese(figure):
    """Put a Figure's words into Chinese; return whether a font here has the signs.

    Without one nothing is changed.
    """
    texts = figure.findobj(Text)
    told = [chinese(each.get_text()) for each in texts]
    if not plots.font_families("".join(told)):
        return False
    for each, words in zip(texts, told):
        each.set_text(words)
    plots.letter(figure)
    return True
