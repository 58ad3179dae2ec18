"""Exercises on what is learned, and how well: step 10."""

import numpy as np

from ... import fused, theory
from ...compat import mx
from ...config import Config
from ...data import synthetic_data
from .exercise import Exercise, descend, lecture


def mean_or_median():
    x = np.array([1, 2, 3, 4, 90], dtype="float32")
    nothing = np.zeros((5, 1), "float32")  # the model is its bias alone
    rates = [0.5] * 50 + [0.05] * 50 + [0.005] * 50
    losses = mx.gluon.loss.L2Loss(), mx.gluon.loss.L1Loss()
    square, absolute = [descend(loss, nothing, x, rates)[1] for loss in losses]
    return {"square": square, "mean": float(x.mean()),
            "absolute": absolute, "median": float(np.median(x))}  # fmt: skip


def closed_form():
    """The errors [closed form, descent] as two columns come closer, then agree."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(1000)
    found = {}
    for name, apart in (("easy", 1.0), ("hard", 0.03), ("same", 0.0)):
        near = np.column_stack([x, x + apart * rng.standard_normal(1000)])
        features = near.astype("float32")
        labels = (features @ [2, -3.4] + 4.2).astype("float32")
        learned = fused.train(features, labels, Config(lr=0.1, num_epochs=10)).w
        try:
            exact = theory.least_squares(features, labels).w
        except ValueError as error:
            exact, found["refused"] = learned * np.nan, str(error)
        found[name] = [float(np.abs(w - [2, -3.4]).max()) for w in (exact, learned)]
    return found


def without_full_rank():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1000, 1)).astype("float32")
    labels = (3 * x[:, 0] + 1).astype("float32")
    config = Config(lr=0.1, num_epochs=20)
    found = {}
    for name, noise in (("same", 0), ("noisy", 0.1)):
        features = np.hstack([x, x + noise * rng.standard_normal((1000, 1))])
        features = features.astype("float32")
        fit = fused.train(features, labels, config, start=([5, -5], 0))
        found[name] = [*map(float, fit.w)]
        found[name + "_loss"] = fit.losses[-1]
    return found


def even_more_epochs():
    best = theory.least_squares(*lecture())
    found = {"floor": best.loss, "losses": [], "apart": []}
    for num_epochs in (3, 30, 300):
        fit = fused.train(*lecture(), Config(num_epochs=num_epochs))
        found["losses"].append(fit.losses[-1])
        found["apart"].append(float(np.abs(fit.w - best.w).max()))
    found["spread"] = theory.sgd_spread(Config(), best.residual_sd)
    return found


def more_examples():
    numbers, errors = [100, 1000, 10000], []
    for n in numbers:
        fits = [theory.least_squares(*synthetic_data([2, -3.4], 4.2, n, 0.01, seed))
                for seed in range(50)]  # fmt: skip
        errors.append(np.sqrt(np.mean([(fit.w - [2, -3.4]) ** 2 for fit in fits])))
    slope = np.polyfit(np.log(numbers), np.log(errors), 1)[0]
    return {"errors": [*map(float, errors)], "slope": float(slope)}


def zero_training_error():
    w = np.linspace(-1, 1, 20)
    features, labels = synthetic_data(w, 0, 10000, 1, 0)
    losses = []
    for n in (21, 40, 400):
        fit = theory.least_squares(features[:n], labels[:n])
        unseen = features[1000:] @ fit.w + fit.b - labels[1000:]
        losses.append([fit.loss, float(np.mean(unseen**2) / 2)])
    return {"losses": losses}


def k_folds():
    """The error on unseen examples, and its estimates by 2, 5 and 20 folds."""
    w, n = np.linspace(-1, 1, 20), 60
    estimates = {2: [], 5: [], 20: []}
    truth = []
    for seed in range(50):
        features, labels = synthetic_data(w, 0, 2000, 1, seed)

        def loss(trained, tested):
            fit = theory.least_squares(features[trained], labels[trained])
            error = features[tested] @ fit.w + fit.b - labels[tested]
            return np.mean(error**2) / 2

        truth.append(loss(slice(n), slice(n, None)))
        for k, kept in estimates.items():
            folds = np.arange(n) % k
            kept.append(np.mean([loss(np.flatnonzero(folds != i),
                                      np.flatnonzero(folds == i))
                                 for i in range(k)]))  # fmt: skip
    return {"truth": float(np.mean(truth)),
            "folds": [float(np.mean(kept)) for kept in estimates.values()]}  # fmt: skip


QUESTIONS = (
    Exercise(
        "mean-or-median", 10,
        {"en": "Which b minimises the sum of (x - b)^2, which that of |x - b|?",
         "zh": "哪个 b 使 (x - b)^2 之和最小？哪个使 |x - b| 之和最小？"},
        mean_or_median,
        {"en": "For 1, 2, 3, 4, 90 descent finds {square:.3f} for the square, the mean "
               "{mean:g}, and {absolute:.3f} for the absolute value, the median "
               "{median:g}.",
         "zh": "对 1、2、3、4、90，平方之和的最小点是 {square:.3f}，即均值 {mean:g}；绝"
               "对值之和的最小点是 {absolute:.3f}，即中位数 {median:g}。"},
        lambda m: abs(m["square"] - m["mean"]) < 1e-3
        and abs(m["absolute"] - m["median"]) < 0.01,  # a step of the last rate
    ),
    Exercise(
        "closed-form", 10,
        {"en": "When is the closed form better than descent, and when does it break?",
         "zh": "解析解在什么情况下优于梯度下降？什么情况下会失效？"},
        closed_form,
        {"en": "On two alike columns it is {hard[0]:.0e} off and descent after ten "
               "epochs {hard[1]:.1f}; on two equal ones it has no answer ({refused}), "
               "while descent takes one of many.",
         "zh": "两列特征相近时，解析解误差 {hard[0]:.0e}，梯度下降十个周期后误差 "
               "{hard[1]:.1f}；两列相同时解析解不存在（特征列线性相关），梯度下降则给出"
               "无数个解中的一个。"},
        lambda m: m["hard"][0] < 1e-4 < 0.1 < m["hard"][1] and "refused" in m,
    ),
    Exercise(
        "without-full-rank", 10,
        {"en": "X'X has not full rank: what does SGD learn, and what does a little "
               "noise on the features change?",
         "zh": "X'X 不满秩时，随机梯度下降学到什么？给特征加一点噪声会怎样？"},
        without_full_rank,
        {"en": "One column twice, start w = [5, -5]: it learns {same}, whose sum is "
               "the true 3 and whose difference is still the start's 10, loss "
               "{same_loss:.1g}. With noise the start is forgotten, slowly: {noisy}.",
         "zh": "同一列出现两次，从 w = [5, -5] 开始：学到 {same}，和是真实的 3，差仍是"
               "初始的 10，损失 {same_loss:.1g}。加上噪声后，初始值会慢慢被遗"
               "忘：{noisy}。"},
        lambda m: abs(sum(m["same"]) - 3) < 1e-3
        and abs(np.subtract(*m["same"]) - 10) < 1e-3
        and np.subtract(*m["noisy"]) < 9,
    ),
    Exercise(
        "even-more-epochs", 10,
        {"en": "Does the solution go on improving with the number of epochs?",
         "zh": "迭代周期越多，解就越好吗？"},
        even_more_epochs,
        {"en": "Only down to the noise: after 3, 30 and 300 epochs w is "
               "{apart[0]:.1g}, {apart[1]:.1g}, {apart[2]:.1g} from least squares "
               "(SGD's spread: {spread:.1g}), the loss {losses[2]:.4g} against a floor "
               "of {floor:.4g}.",
         "zh": "只能降到噪声为止：3、30、300 个周期后，w 与最小二乘解相差 "
               "{apart[0]:.1g}、{apart[1]:.1g}、{apart[2]:.1g}（随机梯度下降的波动为 "
               "{spread:.1g}），损失 {losses[2]:.4g}，下限 {floor:.4g}。"},
        lambda m: m["floor"] * (1 - 1e-4) <= m["losses"][2] < 1.05 * m["floor"]
        and max(m["apart"]) < 5 * m["spread"],
    ),
    Exercise(
        "more-examples", 10,
        {"en": "How does the error of w fall with the number of examples, and why look "
               "at it on a logarithmic scale?",
         "zh": "w 的误差怎样随样本数减小？为什么要用对数坐标来看？"},
        more_examples,
        {"en": "100, 1000 and 10000 examples leave {errors[0]:.1e}, {errors[1]:.1e}, "
               "{errors[2]:.1e}: on log axes a line of slope {slope:.2f} (theory: "
               "-1/2), so one digit more costs a hundred times the data.",
         "zh": "100、1000、10000 个样本时误差为 "
               "{errors[0]:.1e}、{errors[1]:.1e}、{errors[2]:.1e}：在双对数坐标中是斜"
               "率 {slope:.2f} 的直线（理论值 -1/2），精度提高十倍需要一百倍的数据。"},
        # Each rms of 100 numbers has a relative sd of 0.07: over two decades, 0.02.
        lambda m: abs(m["slope"] + 0.5) < 0.11,
    ),
    Exercise(
        "zero-training-error", 10,
        {"en": "Can the training error be zero? The generalisation error?",
         "zh": "训练误差可能为零吗？泛化误差呢？"},
        zero_training_error,
        {"en": "20 features and a bias fit 21 examples exactly (loss "
               "{losses[0][0]:.0e}), but unseen ones at {losses[0][1]:.3g}; 400 "
               "examples give {losses[2][0]:.2f} and {losses[2][1]:.2f}, on both sides "
               "of the noise's 1/2, which no model gets below on unseen data.",
         "zh": "20 个特征加偏置能完全拟合 21 个样本（损失 {losses[0][0]:.0e}），对新样"
               "本却是 {losses[0][1]:.3g}；400 个样本时为 {losses[2][0]:.2f} 和 "
               "{losses[2][1]:.2f}，分居噪声下限 1/2 的两侧；泛化误差无法低于这个下"
               "限。"},
        lambda m: m["losses"][0][0] < 1e-12 and m["losses"][0][1] > 1
        and m["losses"][2][0] < 0.5 < m["losses"][2][1],
    ),
    Exercise(
        "k-folds", 10,
        {"en": "What does K-fold cross-validation cost, and which way is it biased?",
         "zh": "K 折交叉验证的代价是什么？它的偏差朝哪个方向？"},
        k_folds,
        {"en": "K trainings. 60 examples of 20 features have a true error of "
               "{truth:.2f}; 2, 5 and 20 folds estimate {folds[0]:.2f}, "
               "{folds[1]:.2f}, {folds[2]:.2f}: few folds train on less data and "
               "overestimate.",
         "zh": "要训练 K 次。60 个样本、20 个特征的真实误差为 {truth:.2f}；2、5、20 折"
               "的估计是 {folds[0]:.2f}、{folds[1]:.2f}、{folds[2]:.2f}：折数少，训练数"
               "据就少，估计偏高。"},
        lambda m: m["folds"][0] > m["folds"][1] > m["folds"][2]
        and m["folds"][0] > m["truth"],
    ),
)  # fmt: skip
