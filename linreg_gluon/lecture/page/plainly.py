"""The verdict on each claim in a sentence for people, true while it is the record's.

The figures behind them are measured in every run; where a verdict comes out otherwise,
the page says so in the sentence's place.
"""

CHANGED = {
    "en": "Not so in this run: the record says “%s”. See what was measured.",
    "zh": "这次运行的结果不同：记录为“%s”。请看测量。",
}
SENTENCES = (
    ("Every row that the two notebooks print is in the data set that our code draws.",
     "两个笔记本打印的每一行，都在我们的代码生成的数据集里。"),
    ("They are, as strongly as theory says; the width comes from the other feature.",
     "确实相关，程度与理论一致；点云之宽来自另一个特征。"),
    ("So it is in both parts, and an epoch visits every example exactly once.",
     "两个部分都是这样，而且每个迭代周期里每个样本恰好出现一次。"),
    ("So our code draws them, and the notebooks' own first weights are known.",
     "我们的代码就是这样生成的；笔记本自己的初始权重也已知。"),
    ("The trap is real: trained so, the model learns nothing but the mean label.",
     "陷阱确实存在：不做 reshape 来训练，模型只学到标签的平均值。"),
    ("Each loss is that of one example; divided a second time, three epochs do not do.",
     "每个损失都只属于一个样本；如果除两次，三个迭代周期就不够了。"),
    ("To the last printed digit: the printed numbers fit together on this data set.",
     "一直吻合到打印的最后一位：打印的数在这份数据上彼此一致。"),
    ("Our shuffles give what was printed, and the shuffle explains what is left. "
     "The remark: part 1's notebook was run at lr 0.1, not at the lecture's 0.03.",
     "我们打乱多次，得到的正是打印的数，其余的差别来自打乱的顺序。说明：第一部分的笔记本用的"
     "学习率是 0.1，不是课上说的 0.03。"),
    ("A hundredfold and more from the first epoch to the second, and then the floor.",
     "从第一个到第二个迭代周期缩小百倍以上，随后就到了下限。"),
    ("As close as these data allow: most of the distance is the labels' noise.",
     "已经接近到这些数据允许的程度：误差大部分来自标签里的噪声。"),
    ("Three epochs are too few for a small step.",
     "步子太小，三个迭代周期不够。"),
    ("Both are so. The remark: the largest rate that works is the fastest, not the "
     "best; its last loss stays above the floor.",
     "两者都对。说明：能用的最大学习率最快，却不是最好，最后的损失停在下限之上。"),
    ("Weights that are trained already make any rate look good.",
     "已经训练过的权重，会让任何学习率看起来都很好。"),
    ("Before it the weight cannot be read, after it its shape is known.",
     "在此之前不能读取权重，之后它的形状就确定了。"),
    ("It is, though only the weights' initialiser is named.",
     "没错，虽然只指定了权重的初始化方法。"),
    ("To the last digits of a float32, which sums in another order.",
     "直到 float32 的最后几位，差别只来自求和的顺序。"),
    ("Not here: one dense layer and a square leave nothing to stabilise. Both parts "
     "learn the same numbers.",
     "在这里不成立：只有一个全连接层和一个平方损失，本来就很稳定。两个部分学到的数相同。"),
    ("Another figure in every run and on every machine: a time, not a verdict.",
     "每次运行、每台机器都不同：这是计时，不是结论。"),
    ("Their last losses differ by no more than the shuffle alone makes them differ.",
     "两者最后的损失之差，不超过打乱顺序本身造成的差别。"),
)  # fmt: skip


def plainly(result, verdicts):
    """Return the sentence on a Result, {"en": text, "zh": text}.

    verdicts: {verdict: its Chinese words}.
    """
    recorded = result.claim.verdict
    if not result.as_recorded:
        names = {"en": recorded, "zh": verdicts[recorded]}
        return {language: CHANGED[language] % name for language, name in names.items()}
    return dict(zip(("en", "zh"), SENTENCES[result.number - 1]))
