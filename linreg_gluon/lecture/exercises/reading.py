"""Exercises on how the data are read: steps 3 and 12."""

import time

import numpy as np

from ... import fused, theory
from ...compat import mx
from ...config import Config
from ...data import batch_order, synthetic_data
from .exercise import Exercise, lecture, walk


def remainder():
    numbers = np.arange(25, dtype="float32")
    sizes = {}
    for last in ("keep", "discard", "rollover"):
        loader = mx.gluon.data.DataLoader(numbers, batch_size=10, last_batch=last)
        sizes[last] = [[len(batch) for batch in loader] for epoch in range(2)]
    sizes["ours"] = [len(rows) for rows in batch_order(25, 10, seed=0, epoch=0)]
    return sizes


def shuffling():
    """How far the losses of four orders lie above least squares, in per cent."""
    features, labels = synthetic_data([2, -3.4], 4.2, 1000, 1.0, seed=0)
    floor = theory.least_squares(features, labels).loss
    epochs = {
        "none": [np.arange(1000).reshape(100, 10)] * 3,
        "once": [list(batch_order(1000, 10, seed=0, epoch=0))] * 3,
        "each": [list(batch_order(1000, 10, seed=0, epoch=e)) for e in range(3)],
        "sorted": [np.argsort(labels).reshape(100, 10)] * 3,
    }
    losses = {
        name: walk(features, labels, [rows for epoch in order for rows in epoch])[1]
        for name, order in epochs.items()
    }
    return {name: 100 * (loss / floor - 1) for name, loss in losses.items()}


def order_without_a_list():
    """A permutation of 0 to 999 by arithmetic alone, and how well it shuffles."""
    def place(i, n=1000, half=32):  # half * half >= n: four rounds of a Feistel network
        while True:
            left, right = divmod(i, half)
            for key in (11, 23, 5, 17):
                mixed = (right * 2654435761 + key * 40503) % 2**32 >> 16
                left, right = right, (left + mixed) % half
            i = left * half + right
            if i < n:
                return i

    order = np.array([place(i) for i in range(1000)])
    loss = walk(*lecture(), list(order.reshape(100, 10)) * 3)[1]
    return {
        "places": len(set(order)),
        "correlation": float(np.corrcoef(order, np.arange(1000))[0, 1]),
        "loss": loss,
    }


def with_replacement():
    """The share of examples that an epoch of draws misses, and both ways' losses."""
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, 1000, (300, 10))
    epochs = [rows for e in range(3) for rows in batch_order(1000, 10, 0, e)]
    unseen = [1 - len(np.unique(rng.integers(0, 1000, 1000))) / 1000 for _ in range(99)]
    return {
        "unseen": float(np.mean(unseen)),
        "loss": walk(*lecture(), drawn)[1],
        "usual": walk(*lecture(), epochs)[1],
    }


def given_twice():
    once = lecture()
    twice = np.tile(once[0], (2, 1)), np.tile(once[1], 2)

    def losses(data, batch_size, epochs):
        config = Config(lr=0.01, batch_size=batch_size, num_epochs=epochs)
        return fused.train(*data, config, start=([0, 0], 0)).losses

    return {
        "full": [losses(once, 1000, 3)[-1], losses(twice, 2000, 3)[-1]],
        "sgd": [losses(once, 10, 2)[-1], losses(twice, 10, 1)[-1]],
    }


def workers():
    dataset, seconds = mx.gluon.data.ArrayDataset(*lecture()), {}
    for number in (0, 2):
        loader = mx.gluon.data.DataLoader(
            dataset, 10, num_workers=number, thread_pool=True
        )
        start = time.perf_counter()
        rows = sum(len(y) for X, y in loader)
        seconds[number] = 1000 * (time.perf_counter() - start)
    return {"rows": rows, "alone": seconds[0], "two": seconds[2]}


QUESTIONS = (
    Exercise(
        "remainder", 3,
        {"en": "What happens when the number of examples is not a multiple of the "
               "batch size? How does Gluon's loader let you choose?",
         "zh": "样本数不能被批量大小整除时会怎样？Gluon 的数据加载器可以怎样选择？"},
        remainder,
        {"en": "25 examples in batches of 10, two epochs: keep gives {keep}, discard "
               "{discard}, rollover {rollover}. Ours keeps the short batch {ours} and "
               "divides by its real size.",
         "zh": "25 个样本，批量大小 10，两个迭代周期：keep 得到 {keep}，discard 得到 "
               "{discard}，rollover 得到 {rollover}。我们的实现保留最后的小批量 "
               "{ours}，并除以它实际的样本数。"},
        lambda m: m["keep"] == [[10, 10, 5]] * 2 and m["ours"] == [10, 10, 5]
        and m["discard"] == [[10, 10]] * 2
        and m["rollover"] == [[10, 10], [10, 10, 10]],
    ),
    Exercise(
        "shuffling", 3,
        {"en": "Why shuffle again in each epoch, and what can a malicious order do?",
         "zh": "为什么每个迭代周期都要重新打乱样本？恶意的顺序会造成什么后果？"},
        shuffling,
        {"en": "With noise of sd 1 the loss after three epochs is above that of least "
               "squares by {each:.2f} % shuffled each epoch, {once:.2f} % shuffled "
               "once, {none:.2f} % not at all, and {sorted:.1f} % sorted by label.",
         "zh": "噪声标准差为 1 时，三个迭代周期后的损失高出最小二乘解：每周期打乱 "
               "{each:.2f} %，只打乱一次 {once:.2f} %，不打乱 {none:.2f} %，按标签排序"
               "则为 {sorted:.1f} %。"},
        lambda m: m["sorted"] > 3 * max(m["each"], m["once"], m["none"]) >= 0,
    ),
    Exercise(
        "order-without-a-list", 3,
        {"en": "The data are larger than memory: how do you visit them in random order "
               "without keeping that order?",
         "zh": "数据比内存还大：不保存整个顺序，怎样按随机顺序读取样本？"},
        order_without_a_list,
        {"en": "Compute the i-th place from i by a permutation: all {places} places "
               "come up once, their correlation with i is {correlation:.2f}, and "
               "training in that order leaves a loss of {loss:.3g}.",
         "zh": "用一个置换由 i 直接算出第 i 个位置：{places} 个位置各出现一次，与 i 的"
               "相关系数为 {correlation:.2f}，按此顺序训练后的损失为 {loss:.3g}。"},
        # 5 sds, 1 / sqrt(1000) each, and 5 sds of the floor's estimate.
        lambda m: m["places"] == 1000 and abs(m["correlation"]) < 0.16
        and m["loss"] < 5.4e-5,
    ),
    Exercise(
        "with-replacement", 3,
        {"en": "What changes when the batches are drawn with replacement?",
         "zh": "如果有放回地抽取小批量，会有什么不同？"},
        with_replacement,
        {"en": "In an epoch's worth of draws {unseen:.1%} of the examples are never "
               "seen (theory: 1/e), yet the loss after three is {loss:.3g} against "
               "{usual:.3g}.",
         "zh": "一个迭代周期的抽样中，{unseen:.1%} 的样本从未被抽到（理论值 1/e）；但三"
               "个周期后的损失为 {loss:.3g}，无放回时为 {usual:.3g}。"},
        # 99 times 1000 draws: an sd of 0.001 around 1 / e.
        lambda m: abs(m["unseen"] - np.exp(-1)) < 0.005
        and abs(m["loss"] / m["usual"] - 1) < 0.1,
    ),
    Exercise(
        "given-twice", 3,
        {"en": "What changes when every example is given twice: for full-batch "
               "descent, for stochastic descent?",
         "zh": "把每个样本重复一次，对批量梯度下降和小批量随机梯度下降各有什么影响？"},
        given_twice,
        {"en": "Full batch: nothing, the loss is {full[0]:.5g} and {full[1]:.5g}. "
               "Batches of 10: an epoch has twice the steps, so one leaves "
               "{sgd[1]:.3g}, as two do on the single data ({sgd[0]:.3g}).",
         "zh": "批量梯度下降没有变化，损失为 {full[0]:.5g} 和 {full[1]:.5g}。批量大小"
               "为 10 时，一个周期的步数加倍，所以一个周期后的损失 {sgd[1]:.3g} 相当于"
               "原数据两个周期后的 {sgd[0]:.3g}。"},
        lambda m: abs(m["full"][0] / m["full"][1] - 1) < 1e-5  # float32
        and abs(m["sgd"][0] / m["sgd"][1] - 1) < 0.1,  # another order of the batches
    ),
    Exercise(
        "workers", 12,
        {"en": "What does num_workers cost and bring on a thousand examples?",
         "zh": "只有一千个样本时，num_workers 的代价和收益是多少？"},
        workers,
        {"en": "An epoch of Gluon's own loader took {alone:.0f} ms without workers and "
               "{two:.0f} ms with two (threads): compare before you switch them on.",
         "zh": "Gluon 自带的加载器读一个周期：不用工作线程 {alone:.0f} 毫秒，用两个线"
               "程 {two:.0f} 毫秒：启用之前先比较。"},
        lambda m: m["rows"] == 1000 and min(m["alone"], m["two"]) > 0,
    ),
)  # fmt: skip
