"""Exercises on gradients: steps 9, 16 and 17."""

import numpy as np

from ... import concise, scratch
from ...compat import mx
from .exercise import Exercise, lecture

autograd, gluon, nd = mx.autograd, mx.gluon, mx.nd


def second_derivative():
    """What refuses to be differentiated twice, and the Hessian by hand and autograd."""
    features, labels = lecture()
    X, y, w = nd.array(features), nd.array(labels), nd.zeros((2, 1))
    w.attach_grad()
    try:
        with mx.autograd.record():
            l = scratch.squared_loss(nd.dot(X, w), y).mean()
            (first,) = mx.autograd.grad(l, [w], create_graph=True)
        first.backward()
        refused = ""
    except mx.MXNetError as error:
        refused = str(error).split("Operator ")[1].split()[0]
    rows = []
    for j in range(2):
        with mx.autograd.record():  # the second derivative, of the first
            first = nd.dot(X.T, nd.dot(X, w) - y.reshape((-1, 1))) / 1000
        first.backward(nd.one_hot(nd.array([j]), 2).T)
        rows.append(w.grad.asnumpy().ravel())
    apart = np.abs(rows - features.T @ features / 1000).max()
    return {"refused": refused, "hessian": np.round(rows, 3).tolist(),
            "apart": float(apart)}  # fmt: skip


def averaged_loss():
    """The weights after an epoch by four pairs of what is averaged and what divides."""
    def train(average, step):
        net, loss = concise.linear_net(0), gluon.loss.L2Loss()
        params = net.collect_params()
        trainer = gluon.Trainer(params, "sgd", {"learning_rate": 0.03})
        for X, y in scratch.data_iter(10, *map(nd.array, lecture())):
            with autograd.record():
                l = average(loss(net(X), y))
            l.backward()
            trainer.step(step)
        return net[0].weight.data().asnumpy().ravel().tolist()

    return {
        "per_example": train(lambda l: l, 10),
        "summed": train(lambda l: l.sum(), 10),
        "averaged": train(lambda l: l.mean(), 1),
        "twice": train(lambda l: l.mean(), 10),
    }


def layer_gradient():
    features, labels = lecture()
    X, y = nd.array(features), nd.array(labels)
    net = concise.linear_net(0)
    with autograd.record():
        y_hat = net(X)
        l = gluon.loss.L2Loss()(y_hat, y)
    l.backward()
    read = net[0].weight.grad().asnumpy().ravel()
    formula = features.T @ (y_hat.asnumpy().ravel() - labels)
    return {"read": read.tolist(), "formula": formula.tolist()}


QUESTIONS = (
    Exercise(
        "second-derivative", 9,
        {"en": "What goes wrong when autograd is asked for second derivatives, and "
               "what is the way round?",
         "zh": "用自动求导计算二阶导数会遇到什么问题？怎样解决？"},
        second_derivative,
        {"en": "The backward of a dot product has no gradient of its own ({refused}). "
               "Write the first derivative by hand and let autograd do the second: "
               "{hessian} is X'X / n to {apart:.1g}.",
         "zh": "点积的反向传播本身不能再求导（{refused}）。手写一阶导数，让自动求导算二"
               "阶：{hessian} 就是 X'X / n，误差 {apart:.1g}。"},
        lambda m: m["refused"] != "" and m["apart"] < 1e-5,  # float32 sums of 1000
    ),
    Exercise(
        "averaged-loss", 16,
        {"en": "What must change when the loss is averaged instead of summed; why "
               "step(1)?",
         "zh": "如果把损失的和换成平均值，需要改什么？为什么是 step(1)？"},
        averaged_loss,
        {"en": "step(k) divides the gradient by k. A loss per example or its sum with "
               "step(10), and its mean with step(1), learn the same w = {averaged}; "
               "the mean with step(10) divides twice and gets to {twice}.",
         "zh": "step(k) 把梯度除以 k。每个样本的损失或它们的和配 step(10)，平均值配 "
               "step(1)，学到相同的 w = {averaged}；平均值再配 step(10) 就除了两次，只"
               "到 {twice}。"},
        lambda m: np.allclose(m["per_example"], m["summed"], atol=2e-6)
        and np.allclose(m["per_example"], m["averaged"], atol=2e-6)
        and abs(m["twice"][1]) < abs(m["averaged"][1]) - 1,
    ),
    Exercise(
        "layer-gradient", 17,
        {"en": "How is the gradient of a layer's weight read?",
         "zh": "怎样读取一个层的权重的梯度？"},
        layer_gradient,
        {"en": "net[0].weight.grad() after backward gives {read}: the sum over "
               "examples X'(y_hat - y) = {formula}.",
         "zh": "反向传播之后用 net[0].weight.grad()，得到 {read}，即对样本求和的 "
               "X'(y_hat - y) = {formula}。"},
        lambda m: np.allclose(m["read"], m["formula"], rtol=1e-5),  # float32 sums
    ),
)  # fmt: skip
