"""Exercises on the model: steps 6 and 13."""

import time

import numpy as np

from ... import concise, fused, scratch, theory
from ...compat import mx
from ...config import Config
from .exercise import Exercise, lecture


def ohm():
    rng = np.random.default_rng(0)
    amperes = rng.uniform(0.1, 2, (500, 1)).astype("float32")
    volts = (4.7 * amperes[:, 0] + 0.05 * rng.standard_normal(500)).astype("float32")
    through_zero = amperes[:, 0] @ volts / (amperes[:, 0] @ amperes[:, 0])
    line = fused.train(amperes, volts, Config(lr=0.1, num_epochs=20))
    exact = theory.least_squares(amperes, volts)
    square = theory.least_squares(np.hstack([amperes, amperes**2]), volts)
    return {
        "without": float(through_zero),
        "with": float(line.w[0]), "bias": line.b, "se_bias": exact.se_b,
        "square": float(square.w[1]), "se_square": float(square.se_w[1]),
    }  # fmt: skip


def bias_as_weight():
    features, labels = lecture()
    ones = np.hstack([features, np.ones((1000, 1), "float32")])
    w = mx.nd.zeros((3, 1))
    w.attach_grad()
    for X, y in scratch.data_iter(10, mx.nd.array(ones), mx.nd.array(labels)):
        with mx.autograd.record():
            l = scratch.squared_loss(mx.nd.dot(X, w), y)
        l.backward()
        scratch.sgd([w], 0.03, 10)
    ours = scratch.train(features, labels, Config(num_epochs=1), start=([0, 0], 0))
    return {
        "learned": w.asnumpy().ravel().tolist(),
        "apart": float(np.abs(w.asnumpy().ravel() - [*ours.w, ours.b]).max()),
    }


def quadratic():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (1000, 1)).astype("float32")
    y = 1.5 - 2 * x + 0.5 * x**2 + 0.1 * rng.standard_normal((1000, 1))
    y = y[:, 0].astype("float32")
    config = Config(lr=0.05, num_epochs=10)
    curve = fused.train(np.hstack([x, x**2]), y, config)
    line = fused.train(x, y, config)
    return {
        "learned": [*map(float, curve.w), curve.b],
        "curve": curve.losses[-1],
        "line": line.losses[-1],
    }


def vectorised():
    a, b = (np.random.default_rng(i).random(10000) for i in range(2))
    start = time.perf_counter()
    loop = sum(a[i] * b[i] for i in range(len(a)))
    between = time.perf_counter()
    call = a @ b
    end = time.perf_counter()
    seconds = {"loop": between - start, "call": end - between}
    milliseconds = {name: 1000 * each for name, each in seconds.items()}
    return {"apart": float(abs(loop - call)), **milliseconds}


def two_layers():
    features, labels = map(mx.nd.array, lecture())
    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Dense(4), mx.gluon.nn.Dense(1))
    mx.random.seed(0)
    net.initialize(mx.init.Normal(0.1))
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.03})
    loss = mx.gluon.loss.L2Loss()
    net_with_loss = concise.NetWithLoss(net, loss)
    for epoch in range(3):
        data = scratch.data_iter(10, features, labels, epoch=epoch)
        concise.train_epoch(data, net_with_loss, trainer)
    (W1, b1), (W2, b2) = [
        (layer.weight.data().asnumpy(), layer.bias.data().asnumpy()) for layer in net
    ]
    return {
        "parameters": 4 * 2 + 4 + 4 + 1,
        "product": [float(x) for x in (*(W2 @ W1)[0], (W2 @ b1 + b2)[0])],
        "loss": float(loss(net(features), labels).mean().asscalar()),
    }


QUESTIONS = (
    Exercise(
        "ohm", 6,
        {"en": "Learn a resistance from currents and voltages (Ohm's law): with a "
               "bias, without one, with a square of the current?",
         "zh": "由电流和电压学习电阻（欧姆定律）：要不要偏置？要不要电流的平方项？"},
        ohm,
        {"en": "True are 4.7 ohms: learned {without:.3f} without a bias and {with:.3f} "
               "with one. The bias is {bias:.4f} with a standard error of "
               "{se_bias:.4f}, the square's weight {square:.4f} with {se_square:.4f}: "
               "neither differs from 0.",
         "zh": "真实值为 4.7 欧姆：不带偏置学到 {without:.3f}，带偏置学到 {with:.3f}。"
               "偏置为 {bias:.4f}（标准误 {se_bias:.4f}），平方项的权重为 {square:.4f}"
               "（标准误 {se_square:.4f}）：二者都与 0 没有显著差别。"},
        lambda m: abs(m["without"] - 4.7) < 0.02 and abs(m["with"] - 4.7) < 0.05
        and abs(m["bias"]) < 3 * m["se_bias"]
        and abs(m["square"]) < 3 * m["se_square"],
    ),
    Exercise(
        "bias-as-weight", 6,
        {"en": "Why is an affine model a linear one on (x, 1)?",
         "zh": "为什么说仿射模型就是 (x, 1) 上的线性模型？"},
        bias_as_weight,
        {"en": "With a column of ones the bias is one weight more: trained so, "
               "{learned} differs by {apart:.1g} at most from w and b learned the "
               "usual way.",
         "zh": "添加一列 1，偏置就成了又一个权重：这样学到 {learned}，与通常学到的 "
               "w、b 相差不超过 {apart:.1g}。"},
        lambda m: m["apart"] < 2e-6,  # float32, sums in another order
    ),
    Exercise(
        "quadratic", 6,
        {"en": "Can the same model fit a quadratic function?",
         "zh": "同一个模型能拟合二次函数吗？"},
        quadratic,
        {"en": "Yes, given a column x^2, for it is linear in the weights: learned "
               "{learned[1]:.3f} x^2 {learned[0]:+.3f} x {learned[2]:+.3f} (true 0.5, "
               "-2, 1.5), loss {curve:.2g}; x alone leaves {line:.2g}.",
         "zh": "能，只要添加一列 x^2，因为模型对权重仍是线性的：学到 {learned[1]:.3f} "
               "x^2 {learned[0]:+.3f} x {learned[2]:+.3f}（真实值 0.5、-2、1.5），损失 "
               "{curve:.2g}；只用 x 则为 {line:.2g}。"},
        # sd 0.1, 1000 examples: standard errors of 0.003 to 0.005, and SGD's spread.
        lambda m: np.allclose(m["learned"], [-2, 0.5, 1.5], atol=0.05)
        and m["line"] > 10 * m["curve"],
    ),
    Exercise(
        "vectorised", 6,
        {"en": "What does a loop over elements cost against one vectorised call?",
         "zh": "逐元素循环与一次矢量化计算相比，代价有多大？"},
        vectorised,
        {"en": "A dot product of 10000 numbers took {loop:.2g} ms in a loop and "
               "{call:.2g} ms in one call; the results differ by {apart:.1g}.",
         "zh": "10000 个数的点积：循环用 {loop:.2g} 毫秒，一次调用用 {call:.2g} 毫秒，"
               "结果相差 {apart:.1g}。"},
        lambda m: m["apart"] < 1e-9,  # 10000 roundings of 1e-16, of a sum of 2500
    ),
    Exercise(
        "two-layers", 13,
        {"en": "What is gained by two linear layers one after the other?",
         "zh": "把两个线性层叠在一起，会有什么收获？"},
        two_layers,
        {"en": "Nothing that one cannot express: the product of the {parameters} "
               "parameters is w, b = {product}, the loss {loss:.3g}. An activation "
               "between the layers would change that.",
         "zh": "表达能力没有提高：{parameters} 个参数相乘得到 w, b = {product}，损失 "
               "{loss:.3g}。层与层之间要有激活函数才不同。"},
        lambda m: np.allclose(m["product"], [2, -3.4, 4.2], atol=0.01)
        and m["loss"] < 6e-5,
    ),
)  # fmt: skip
