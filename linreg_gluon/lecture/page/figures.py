"""The page's figures, each at its step."""

import numpy as np

from ... import fused, plots
from ...config import Config
from .. import rates, studies
from ..dataset import LECTURE
from ..drawings import trap_pairs, trap_paths
from ..lab import PATHS, RECORDED, TRUE
from .drawn import svg

COLORS = dict(zip(PATHS, (plots.DATA, plots.LINE)))
CAPTIONS = {
    "data": {
        "en": "The second feature against the label, and the learned line. The cloud "
        "is wide because the first feature moves the label as well.",
        "zh": "第二个特征与标签，以及学到的直线。点云很宽，因为第一个特征也影响标签。",
    },
    "trap-pairs": {
        "en": "Ten predictions minus ten labels without the reshape: the matrix of all "
        "pairs, brown too high, teal too low. Only the ten framed ones are meant.",
        "zh": "没有 reshape 时，十个预测值减去十个标签：得到所有配对的矩阵，棕色偏高，青色偏低。"
        "只有加框的十个才是想要的。",
    },
    "trap-paths": {
        "en": "Both trained in the same way: with the reshape w and b reach the true "
        "ones; without it w stays at 0, and b goes to the mean of the labels.",
        "zh": "用同样的方法训练：有 reshape，w 和 b 到达真实值；没有 reshape，w 停在 0，b "
        "趋于标签的平均值。",
    },
    "losses": {
        "en": "Diamonds are what the notebooks printed, lines are %d shuffles of ours; "
        "below the noise floor nothing can be learned.",
        "zh": "菱形是笔记本打印的，线是我们打乱 %d 次的结果；低于噪声下限，就没有什么可学的了。",
    },
    "parameters": {
        "en": "How far each source is from the true parameters. Diamonds are the "
        "notebooks'; bars are the standard error of least squares, or the spread over "
        "%d shuffles of ours.",
        "zh": "每个来源与真实参数相差多少。菱形是笔记本的；误差条是最小二乘的标准误，或者我们打乱 "
        "%d 次的标准差。",
    },
    "rates": {
        "en": "Loss after three epochs, five shuffles a rate, each initialised afresh. "
        "Theory draws the two limits.",
        "zh": "三个迭代周期后的损失，每个学习率打乱五次，每次都重新初始化。两条竖线是理论给出的上限。",
    },
}


def step_figures(lab):
    """Return {name of a step's figure: [{"name", "caption", "svg"}, ...]}."""
    paths, ten = studies.trap(*lab.data), [array[:10] for array in lab.data]
    drawings = {
        "data": [(lambda axes: plots.scatter(axes, *lab.data, first(lab)), "data", ())],
        "trap": [
            (lambda axes: trap_pairs(axes, *ten, paths), "trap-pairs", ()),
            (lambda axes: trap_paths(axes, lab.data[1], paths), "trap-paths", ()),
        ],
        "losses": [(lambda axes: rerun_losses(axes, lab), "losses", lab.runs)],
        "parameters": [(lambda axes: recovered(axes, lab), "parameters", lab.runs)],
        "rates": [(lambda axes: learning_rates(axes, lab), "rates", ())],
    }
    return {name: [pictured(*each) for each in drawings[name]] for name in drawings}


def pictured(draw, name, told):
    """Return a figure as the page has it; told: what its caption is filled in with."""
    return {
        "name": "figure-" + name,
        "caption": {each: text % told for each, text in CAPTIONS[name].items()},
        "svg": svg(draw, "figure-" + name)[0],
    }


def first(lab):
    """Return a Fit to draw the line of: part 2's first shuffle."""
    return lab.study("gluon", RECORDED["gluon"]["lr"]).fits[0]


def rerun_losses(axes, lab):
    """Draw the losses of both parts' reruns beside the printed ones."""
    printed = [np.array(RECORDED[part]["epoch_loss_printed"], float) for part in PATHS]
    losses = [lab.study(part, RECORDED[part]["lr"]).losses for part in PATHS]
    plots.rerun_losses(axes, names(), printed, losses, LECTURE["noise"])


def names():
    """Return the parts' names in a legend."""
    lrs = [RECORDED[part]["lr"] for part in PATHS]
    return ["part %d at lr %g" % each for each in enumerate(lrs, 1)]


def learning_rates(axes, lab):
    """Draw the study of rates, by fused's run of part 1's steps."""
    points = list(rates.sweep(fused.train, lab.data, Config(), lrs=rates.LRS))
    plots.learning_rates(axes, points, rates.limits(lab.data[0]), LECTURE["noise"])


def recovered(axes, lab):
    """Draw how far least squares, the notebooks and ours are from the truth."""
    best = np.append(lab.best.w, lab.best.b), np.append(lab.best.se_w, lab.best.se_b)
    rows = {"least squares": (best[0] - TRUE, best[1], plots.EXACT)}
    for name, part in zip(names(), PATHS):
        printed, color = RECORDED[part], COLORS[part]
        thetas = lab.study(part, printed["lr"]).thetas
        errors = np.append(printed["error_w"], printed["error_b"])
        rows[name + ", printed"] = -errors, None, color
        mean, sd = thetas.mean(axis=0), thetas.std(axis=0, ddof=1)
        rows[name + ", ours"] = mean - TRUE, sd, color
    plots.recovered(axes, ["w[0]", "w[1]", "b"], rows)
