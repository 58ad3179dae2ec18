"""The claims and the verdicts on them in Chinese; record.py has them in English."""

from .record import FAILS, HOLDS, REMARK, TIMED

VERDICTS = {
    HOLDS: "成立",
    REMARK: "成立，但有一点说明",
    FAILS: "不成立",
    TIMED: "只计时，每次运行都不同：小于 1 就是更快",
}
CLAIMS = (
    "1000 个样本，2 个特征，w = [2, −3.4]，b = 4.2，噪声标准差 0.01；数据里有笔记本打印"
    "的那些行",
    "第二个特征与标签相关，点云很宽",
    "一个小批量是 (10, 2) 的特征和 (10,) 的标签，顺序随机",
    "w 初始化为 N(0, 0.01²)，b 初始化为 0",
    "不做 reshape，行向量减列向量得到矩阵，而且没有任何警告",
    "损失不除以批量大小；由 sgd 和 Trainer.step 来除",
    "笔记本最后打印的损失，正是它打印的 w 和 b 的损失",
    "重新运行，得到笔记本打印的损失和误差：第一部分学习率 0.1，第二部分 0.03",
    "学习率为 0.03 时，第一个迭代周期后损失还很大，然后变得非常小",
    "学到的参数与真实参数非常接近",
    "学习率很小时，三个迭代周期后损失仍然很大",
    "学习率为 1 也能训练，太大则得到 nan；取能用的最大学习率",
    "不重新初始化 w 和 b 就再训练一次，得到的结果好得不真实",
    "Dense(1) 在第一次前向计算时得知输入个数",
    "偏置默认为 0",
    "两个部分计算的是同样的东西：小批量相同，结果就相同",
    "预定义的层在数值上更稳定",
    "预定义的层更快",
    "两个部分的结果非常相似",
)


def headline(results):
    """Return the verdict on the whole in one line."""
    counts = ["%d 条%s" % (n, words) for words, n in counted(results) if n]
    line = "%d 条论断：%s" % (len(results), "；".join(counts))
    changed = ["%d" % each.number for each in results if not each.as_recorded]
    if changed:
        return line + "。与记录不符：论断 " + "、".join(changed)
    return line + "。全部与记录相符。"


def counted(results):
    """Yield (verdict, how many of the results have it)."""
    short = dict(VERDICTS, **{TIMED: "只计时"})
    for verdict, words in short.items():
        yield words, sum(each.verdict == verdict for each in results)


def data_seen(here):
    """Return which data set the notebooks' code draws here, in a sentence or two."""
    if here["dataset"] == "lecture":
        data = "在 %(system)s 上，笔记本的代码生成的正是课程的数据集。"
    elif here["dataset"]:
        data = (
            "你在 %(system)s 上运行笔记本，用的不是课程的那份数据：课上没有设置种"
            "子，MXNet 的默认种子是 0，但它的正态随机数来自 C++ 标准库，而 Linux 上的标"
            "准库与讲师的机器不同。加 `--dataset mxnet-linux` 就在这份数据上训练。"
        )
    else:
        data = "MXNet 没有 %(system)s 的安装包；我们的代码生成课程的数据集。"
    return data % here


def advice(here):
    """Return the paragraph that a learner with other numbers needs."""
    shuffle = "每次运行打乱的顺序不同，100 次里有 99 次落在上面的范围内。"
    return data_seen(here) + (shuffle if here["losses"] else "")
