"""Exercises on random data and first weights: steps 1 and 4."""

import itertools
import random

import numpy as np

from ... import fused
from ...compat import mx
from ...config import Config
from ...data import synthetic_data
from .exercise import Exercise, lecture


def fresh_or_same():
    def endless(seed):
        while True:
            yield synthetic_data([2, -3.4], 4.2, 100, 0.01, seed)
            seed += 1

    first, second = itertools.islice(endless(0), 2)
    again = next(endless(0))
    return {
        "same": np.array_equal(first[0], again[0]),
        "shared": len(np.intersect1d(first[0], second[0])),
    }


def other_starts():
    epochs = {}
    for sd in (0, 0.01, 1000**0.5, 1e4):
        start = [sd, -sd], 0.0
        losses = fused.train(*lecture(), Config(num_epochs=12), start=start).losses
        epochs[sd] = 1 + next(i for i, loss in enumerate(losses) if loss < 1e-4)
    return {"epochs": list(epochs.values())}


def three_generators():
    """For the seed of each library: are weight, order of Gluon, of part 1 as before?"""
    def draws():
        weight = mx.nd.random.normal(shape=1).asscalar()  # initial weights
        order = [*mx.gluon.data.RandomSampler(1000)]  # Gluon's shuffle
        return weight, order, random.random()  # and the shuffle of part 1

    kept = np.random.get_state(), random.getstate()
    fixes = {}
    for name, seed in (("mxnet", mx.random.seed), ("numpy", np.random.seed),
                       ("python", random.seed)):  # fmt: skip
        seed(0)
        first = draws()
        seed(0)
        fixes[name] = [a == b for a, b in zip(first, draws())]
    np.random.set_state(kept[0])
    random.setstate(kept[1])
    return fixes


QUESTIONS = (
    Exercise(
        "fresh-or-same", 1,
        {"en": "How do you write a generator that gives new data at each call, and how "
               "one that gives the same?",
         "zh": "怎样写一个每次调用都给出新数据的生成器？怎样让它每次都给出"
               "相同的数据？"},
        fresh_or_same,
        {"en": "The same seed gives the same data to the last bit; the next seed "
               "shares {shared} of its numbers with it.",
         "zh": "种子相同，数据逐位相同；换一个种子，两份数据有 {shared} 个数相同。"},
        lambda m: m["same"] and m["shared"] == 0,
    ),
    Exercise(
        "other-starts", 4,
        {"en": "Would zero weights do as a start? Weights of variance 1000?",
         "zh": "把权重初始化为零可以吗？方差取 1000 呢？"},
        other_starts,
        {"en": "Yes: from weights of sd 0, 0.01, 31.6 and 10000 the loss falls below "
               "1e-4 in epochs {epochs}; the number grows with the logarithm of the "
               "distance only. (With hidden layers zeros would not do.)",
         "zh": "可以：权重的标准差为 0、0.01、31.6 和 10000 时，损失分别在第 {epochs} "
               "个迭代周期降到 1e-4 以下；所需周期只随距离的对数增长。（有隐藏层时，全"
               "零就不行了。）"},
        # 100 steps at lr 0.03 shrink the distance about 20-fold: 10000 takes 3 more.
        lambda m: m["epochs"][:2] == [3, 3] and 3 <= m["epochs"][3] <= 7,
    ),
    Exercise(
        "three-generators", 4,
        {"en": "How does MXNet's, NumPy's and Python's random generator each come in, "
               "and what does seeding one not fix?",
         "zh": "MXNet、NumPy 和 Python 的随机数生成器各用在哪里？只固定其中一个的种子，"
               "还有什么没有固定？"},
        three_generators,
        {"en": "MXNet's seed fixes the initial weights and nothing else; NumPy's fixes "
               "the order of Gluon's shuffle, Python's that of part 1: a run is "
               "repeatable only when all that it uses are seeded.",
         "zh": "MXNet 的种子只固定初始权重；NumPy 的种子固定 Gluon 打乱样本的顺"
               "序，Python 的种子固定第一部分的顺序：用到的几个都设了种子，结果才能重"
               "现。"},
        lambda m: [*m.values()] == [[i == j for j in range(3)] for i in range(3)],
    ),
)  # fmt: skip
