"""Exercises on the loss: steps 7 and 15."""

import numpy as np

from ... import theory
from ...compat import mx
from .exercise import Exercise, descend, lecture

nd, gluon = mx.nd, mx.gluon
FALLING = [0.3] * 40 + [0.03] * 40 + [0.003] * 40  # rates of 120 steps


def without_reshape():
    features, labels = lecture()

    def trap(y_hat, y):
        return (y_hat - y) ** 2 / 2  # (n, 1) - (n,) is (n, n)

    w, b = descend(trap, features, labels, [0.9] * 10)
    left = np.mean((features @ w + b - labels) ** 2) / 2
    return {
        "shape": trap(nd.ones((10, 1)), nd.ones((10,))).shape,
        "w": float(np.abs(w).max()), "b": b, "mean": float(labels.mean()),
        "loss": float(left), "half_variance": float(labels.var() / 2),
    }  # fmt: skip


def three_losses():
    features, labels = lecture()
    labels = labels.copy()
    labels[0] = 10000
    losses = {"l2": gluon.loss.L2Loss(), "l1": gluon.loss.L1Loss(),
              "huber": gluon.loss.HuberLoss(rho=1)}  # fmt: skip
    learned = {}
    for name, loss in losses.items():
        w, b = descend(loss, features, labels, FALLING)
        learned[name] = [*map(float, w), b]
    return learned


def laplace():
    """The variances of mean and median, and how far SGD on abs(b - label) swings."""
    draws = np.random.default_rng(0).laplace(4.2, 1, (1000, 1001))
    ratio = draws.mean(axis=1).var() / np.median(draws, axis=1).var()
    ends = {}
    for lr in (0.1, 0.001):
        b, path = 4.2, []
        for label in draws[:3].ravel():
            b -= lr * np.sign(b - label)  # the gradient of abs(b - label)
            path.append(b)
        ends[lr] = float(np.std(path))
    return {"ratio": float(ratio), "large": ends[0.1], "small": ends[0.001]}


def prices():
    """The errors of lines on prices that a factor moves, and on their logarithms."""
    rng = np.random.default_rng(0)
    rooms = rng.standard_normal((1000, 1))
    price = np.exp(12 + 0.6 * rooms[:, 0] + 0.3 * rng.standard_normal(1000))
    figures = {}
    for name, labels in (("price", price), ("log", np.log(price))):
        best = theory.least_squares(rooms, labels)
        predicted = rooms @ best.w + best.b
        error, above = labels - predicted, predicted > np.median(predicted)
        figures[name] = {
            "spread": error[above].std() / error[~above].std(),
            "skewness": np.mean(error**3) / error.std() ** 3,
            "negative": int((predicted < 0).sum()),
        }
    return figures


def counts():
    rng = np.random.default_rng(0)
    features = rng.standard_normal((2000, 2)).astype("float32")
    calls = rng.poisson(np.exp(features @ [0.8, -0.4] + 0.5)).astype("float32")
    poisson = gluon.loss.PoissonNLLLoss(from_logits=True)
    w, b = descend(poisson, features, calls, [0.1] * 150)
    line = theory.least_squares(features, calls)
    return {
        "learned": [*map(float, w), b],
        "negative": int((features @ line.w + line.b < 0).sum()),
    }


def other_losses():
    losses = {getattr(gluon.loss, name) for name in gluon.loss.__all__}
    drawn = [each for each in vars(mx.init).values() if isinstance(each, type)
             and issubclass(each, mx.init.Initializer)]  # fmt: skip
    learned = {
        name: [*descend(getattr(gluon.loss, name)(), *lecture(), FALLING)[0]]
        for name in ("L2Loss", "HuberLoss")
    }
    apart = np.abs(np.subtract(*learned.values())).max()
    # Loss and Initializer themselves are only what the others are made from.
    return {"losses": len(losses) - 1, "initialisers": len(set(drawn)) - 1,
            "huber": [*map(float, learned["HuberLoss"])],
            "apart": float(apart)}  # fmt: skip


QUESTIONS = (
    Exercise(
        "without-reshape", 7,
        {"en": "Why is the reshape needed in squared_loss, and what is learned without "
               "it?",
         "zh": "squared_loss 里为什么需要 reshape？没有它会学到什么？"},
        without_reshape,
        {"en": "Ten predictions minus ten labels is {shape}: every prediction is held "
               "against every label, so |w| <= {w:.1g}, b = {b:.3f} is the mean of the "
               "labels ({mean:.3f}), and the loss stays at half their variance "
               "({loss:.3f}).",
         "zh": "十个预测减去十个标签，经广播得到 {shape}：每个预测都与所有标签比较，于"
               "是 |w| <= {w:.1g}，b = {b:.3f} 就是标签的均值（{mean:.3f}），损失停在标"
               "签方差的一半（{loss:.3f}）。"},
        lambda m: m["shape"] == (10, 10) and m["w"] < 1e-3
        and abs(m["b"] - m["mean"]) < 1e-3
        and abs(m["loss"] / m["half_variance"] - 1) < 1e-3,
    ),
    Exercise(
        "three-losses", 7,
        {"en": "What does one label of 10000 among the thousand do to the squared "
               "loss, to the absolute loss, and which loss has the good of both?",
         "zh": "一千个标签中混入一个 10000，平方损失和绝对损失各会怎样？哪种损失兼有二"
               "者的优点？"},
        three_losses,
        {"en": "Squared: w, b = {l2[0]:.2f}, {l2[1]:.2f}, {l2[2]:.2f}. Absolute: "
               "{l1[0]:.4f}, {l1[1]:.4f}, {l1[2]:.4f}. Huber's loss, squared near 0 "
               "and absolute beyond: {huber[0]:.4f}, {huber[1]:.4f}, {huber[2]:.4f}.",
         "zh": "平方损失：w, b = {l2[0]:.2f}, {l2[1]:.2f}, {l2[2]:.2f}。绝对损"
               "失：{l1[0]:.4f}, {l1[1]:.4f}, {l1[2]:.4f}。Huber 损失（零附近为平方，远"
               "处为绝对值）：{huber[0]:.4f}, {huber[1]:.4f}, {huber[2]:.4f}。"},
        lambda m: np.abs(np.subtract(m["l2"], [2, -3.4, 4.2])).max() > 1
        and np.allclose([m["l1"], m["huber"]], [2, -3.4, 4.2], atol=0.01),
    ),
    Exercise(
        "laplace", 7,
        {"en": "With Laplace noise, -log P(y | x) is |y - Xw - b| / scale + constant. "
               "Is there a closed form, and what does SGD do near the optimum?",
         "zh": "噪声服从拉普拉斯分布时，-log P(y | x) 是 |y - Xw - b| / 尺度 + 常数。有"
               "解析解吗？随机梯度下降在最优点附近会怎样？"},
        laplace,
        {"en": "For b alone it is the median, whose variance is 1/{ratio:.2f} of the "
               "mean's (theory: 1/2); in general there is none. The gradient does not "
               "shrink near the optimum: at lr 0.1 b keeps moving with sd {large:.2f}, "
               "at 0.001 with {small:.3f}, so let the rate fall.",
         "zh": "只有 b 时解析解是中位数，其方差是均值方差的 1/{ratio:.2f}（理论值 "
               "1/2）；一般情形没有解析解。梯度在最优点附近并不变小：学习率 0.1 时 b 以"
               "标准差 {large:.2f} 来回摆动，0.001 时为 {small:.3f}，所以学习率要逐渐减"
               "小。"},
        # A ratio of two variances of 1000 draws has a relative sd of 0.06.
        lambda m: 1.4 < m["ratio"] < 2.6 and m["large"] > 3 * m["small"] > 0,
    ),
    Exercise(
        "prices", 7,
        {"en": "Why is Gaussian noise a poor model of house prices, and what does the "
               "logarithm of the price change?",
         "zh": "为什么不宜用高斯噪声描述房价？改用房价的对数有什么好处？"},
        prices,
        {"en": "Prices vary by a factor: on the price itself {price[negative]} of 1000 "
               "predictions are negative, errors have skewness {price[skewness]:.1f} "
               "and spread {price[spread]:.1f} times as wide above the median; on the "
               "logarithm {log[negative]}, {log[skewness]:.1f} and {log[spread]:.1f}.",
         "zh": "房价按倍数变化：直接预测房价，1000 个预测中有 {price[negative]} 个为"
               "负，误差的偏度为 {price[skewness]:.1f}，中位数以上的误差幅度是以下的 "
               "{price[spread]:.1f} 倍；预测对数时，三者为 "
               "{log[negative]}、{log[skewness]:.1f} 和 {log[spread]:.1f}。"},
        # The skewness of 1000 Gaussian errors has sd 0.08, the ratio of two sds 0.05.
        lambda m: m["price"]["negative"] > 0 and m["price"]["skewness"] > 1
        and m["log"]["negative"] == 0 and abs(m["log"]["skewness"]) < 0.4
        and abs(m["log"]["spread"] - 1) < 0.25 < m["price"]["spread"] - 1,
    ),
    Exercise(
        "counts", 7,
        {"en": "The labels are counts: how do you build a regression for them?",
         "zh": "标签是计数：怎样为它建立回归模型？"},
        counts,
        {"en": "Let Xw + b be the logarithm of the rate and use Gluon's "
               "PoissonNLLLoss: learned {learned[0]:.3f}, {learned[1]:.3f}, "
               "{learned[2]:.3f} (true 0.8, -0.4, 0.5). The straight line predicts "
               "{negative} negative counts of 2000.",
         "zh": "把 Xw + b 当作强度的对数，使用 Gluon 的 PoissonNLLLoss：学到 "
               "{learned[0]:.3f}、{learned[1]:.3f}、{learned[2]:.3f}（真实值 "
               "0.8、-0.4、0.5）。而线性回归在 2000 个预测中给出 {negative} 个负的计"
               "数。"},
        # 2000 counts of mean 2.5: standard errors of about 0.015.
        lambda m: np.allclose(m["learned"], [0.8, -0.4, 0.5], atol=0.08)
        and m["negative"] > 0,
    ),
    Exercise(
        "other-losses", 15,
        {"en": "Which losses and initialisers does Gluon have? Replace L2Loss by "
               "Huber's.",
         "zh": "Gluon 提供了哪些损失函数和初始化方法？把 L2Loss 换成 Huber 损失试试。"},
        other_losses,
        {"en": "{losses} losses in gluon.loss and {initialisers} initialisers in "
               "mx.init. On the lecture's data Huber's learns w = {huber[0]:.4f}, "
               "{huber[1]:.4f}, within {apart:.1g} of L2Loss: near 0 the two are the "
               "same.",
         "zh": "gluon.loss 有 {losses} 种损失函数，mx.init 有 {initialisers} 种初始化方"
               "法。在课程的数据上，Huber 损失学到 w = {huber[0]:.4f}, {huber[1]:.4f}，"
               "与 L2Loss 相差不超过 {apart:.1g}：误差较小时二者相同。"},
        lambda m: min(m["losses"], m["initialisers"]) > 5 and m["apart"] < 1e-3,
    ),
)  # fmt: skip
