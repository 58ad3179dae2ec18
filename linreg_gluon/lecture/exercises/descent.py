"""Exercises on rates, batches and weight decay: steps 11 and 16."""

import time

import numpy as np

from ... import concise, fused, scratch, theory
from ...compat import mx
from ...config import Config
from ...data import synthetic_data
from .exercise import Exercise, lecture

gluon, nd = mx.gluon, mx.nd


def more_epochs():
    floor = theory.least_squares(*lecture()).loss
    losses = {}
    for lr in (0.001, 0.01, 0.03, 0.3):
        every = fused.train(*lecture(), Config(lr=lr, num_epochs=100)).losses
        losses[lr] = every[2], every[-1]
    return {"floor": floor, "three": [three for three, _ in losses.values()],
            "hundred": [last for _, last in losses.values()]}  # fmt: skip


def batch_and_rate():
    """Epochs down to 1e-4 at one rate and at scaled ones, and ms an epoch."""
    found = {"same": [], "scaled": [], "ms": []}
    for batch_size, scaled in ((10, 0.03), (100, 0.3), (1000, 1.0)):
        for name, lr in (("same", 0.03), ("scaled", scaled)):
            config = Config(lr=lr, batch_size=batch_size, num_epochs=300)
            losses = fused.train(*lecture(), config).losses
            found[name].append(1 + next(i for i, l in enumerate(losses) if l < 1e-4))
        start = time.perf_counter()
        scratch.train(*lecture(), Config(batch_size=batch_size, num_epochs=1))
        found["ms"].append(1000 * (time.perf_counter() - start))
    return found


def weight_decay():
    """The losses of 40 examples and of held-out ones, mean over 100 problems."""
    strengths, errors = np.array([0, 1, 3, 9, 30, 100.0]), []
    for seed in range(100):  # weights of sd 1, noise of sd 3
        w = np.random.default_rng(1000 + seed).standard_normal(20)
        features, labels = synthetic_data(w, 0, 1040, 3, seed)
        X, y = features[:40].astype(float), labels[:40]
        learned = [
            np.linalg.solve(X.T @ X + strength * np.eye(20), X.T @ y)
            for strength in strengths
        ]
        errors.append([(np.mean((X @ w_ - y) ** 2) / 2,
                        np.mean((features[40:] @ w_ - labels[40:]) ** 2) / 2)
                       for w_ in learned])  # fmt: skip
    training, held = np.mean(errors, axis=0).T
    return {"training": training.tolist(), "held": held.tolist(),
            "best": float(strengths[held.argmin()])}  # fmt: skip


def falling_rate():
    best = theory.least_squares(*lecture())
    net, loss = concise.linear_net(0), gluon.loss.L2Loss()
    net_with_loss = concise.NetWithLoss(net, loss)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.3})
    apart = []
    for epoch in range(3):
        data = scratch.data_iter(10, *map(nd.array, lecture()), epoch=epoch)
        concise.train_epoch(data, net_with_loss, trainer)
        trainer.set_learning_rate(trainer.learning_rate / 10)
        w = net[0].weight.data().asnumpy().ravel()
        apart.append(float(np.abs(w - best.w).max()))
    constant = fused.train(*lecture(), Config(lr=0.3)).w
    return {"apart": apart, "constant": float(np.abs(constant - best.w).max())}


QUESTIONS = (
    Exercise(
        "more-epochs", 11,
        {"en": "How does the loss fall at different rates, and do more epochs help?",
         "zh": "不同的学习率下损失怎样下降？增加迭代周期有用吗？"},
        more_epochs,
        {"en": "At lr 0.001, 0.01, 0.03 and 0.3: {three[0]:.2g}, {three[1]:.2g}, "
               "{three[2]:.2g}, {three[3]:.2g} after three epochs, {hundred[0]:.3g}, "
               "{hundred[1]:.3g}, {hundred[2]:.3g}, {hundred[3]:.3g} after a hundred. "
               "They help the small rates; below {floor:.3g} nothing does.",
         "zh": "学习率为 0.001、0.01、0.03 和 0.3 时：三个周期后损失为 "
               "{three[0]:.2g}、{three[1]:.2g}、{three[2]:.2g}、{three[3]:.2g}，一百个"
               "周期后为 {hundred[0]:.3g}、{hundred[1]:.3g}、{hundred[2]:.3g}、"
               "{hundred[3]:.3g}。学习率小时有用；{floor:.3g} 以下则无能为力。"},
        lambda m: m["three"][0] > 1 and min(m["hundred"]) >= m["floor"] * (1 - 1e-4)
        and m["hundred"][0] < 1.1 * m["floor"],
    ),
    Exercise(
        "batch-and-rate", 11,
        {"en": "How do batch size and learning rate go together?",
         "zh": "批量大小与学习率应当怎样配合？"},
        batch_and_rate,
        {"en": "Batches of 10, 100, 1000 need {same} epochs to a loss of 1e-4 at lr "
               "0.03, and {scaled} at lr 0.03, 0.3, 1: a larger batch bears and needs "
               "a larger rate. An epoch took {ms[0]:.0f}, {ms[1]:.0f}, {ms[2]:.0f} ms.",
         "zh": "批量大小为 10、100、1000 时，损失降到 1e-4：学习率都用 0.03，需要 "
               "{same} 个周期；学习率用 0.03、0.3、1，需要 {scaled} 个：批量越大，能"
               "用、也需要更大的学习率。一个周期用时 "
               "{ms[0]:.0f}、{ms[1]:.0f}、{ms[2]:.0f} 毫秒。"},
        # At one rate the steps count: ten times the batch, ten times the epochs.
        lambda m: m["same"][2] > 5 * m["same"][1] and max(m["scaled"]) <= 5,
    ),
    Exercise(
        "weight-decay", 11,
        {"en": "How do the losses on training and held-out data change with the "
               "strength of weight decay, which is best, and why (in Bayes' reading)?",
         "zh": "训练集和留出数据上的损失怎样随权重衰减的强度变化？哪个最好？从贝叶斯的"
               "角度怎么看？"},
        weight_decay,
        {"en": "From strength 0 to 100 the training loss rises from {training[0]:.2f} "
               "to {training[5]:.2f}, the held-out one has its smallest value "
               "at {best:g}: the noise's variance 9 over the prior variance 1 of the "
               "weights, as Bayes says.",
         "zh": "强度从 0 到 100，训练损失从 {training[0]:.2f} 升到 {training[5]:.2f}，"
               "留出数据的损失在 {best:g} 处最小：正是噪声方差 9 与权重先验方差 1 之"
               "比，与贝叶斯的结论一致。"},
        lambda m: m["training"] == sorted(m["training"]) and m["best"] == 9,
    ),
    Exercise(
        "falling-rate", 16,
        {"en": "What does a tenth of the rate after each epoch give "
               "(set_learning_rate)?",
         "zh": "每个迭代周期后把学习率降为十分之一（set_learning_rate），效果如何？"},
        falling_rate,
        {"en": "From lr 0.3 w comes within {apart[2]:.1g} of least squares after three "
               "epochs; at a constant 0.3 it stays {constant:.1g} away, for the noise "
               "of the batches keeps it moving.",
         "zh": "从学习率 0.3 开始，三个周期后 w 与最小二乘解只差 {apart[2]:.1g}；学习率"
               "固定为 0.3 则差 {constant:.1g}，因为小批量的噪声使它不停摆动。"},
        lambda m: m["apart"][-1] < m["constant"],
    ),
)  # fmt: skip
