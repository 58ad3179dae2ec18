"""What a check says of its figures, in both languages, by the check's name."""

WORDS = {
    "data_is_the_notebooks": {
        "en": "shapes {X} and {y}, noise sd {sd:.5f}; the {rows} printed rows are in "
              "it to {apart:.0e}",
        "zh": "形状为 {X} 和 {y}，噪声标准差 {sd:.5f}；笔记本打印的 {rows} 行都在其中，"
        "相差不超过 {apart:.0e}",
    },
    "correlation": {
        "en": "correlation {seen:.3f}, theory {expected:.3f} +- {sd:.3f}: {share:.0f} "
              "% of the label's variance, the rest is the other feature",
        "zh": "相关系数 {seen:.3f}，理论值 {expected:.3f} ± {sd:.3f}：解释了标签方差的 "
        "{share:.0f} %，其余来自另一个特征",
    },
    "batches": {
        "en": "shapes {X} and {y}, {number} batches an epoch, every example once: "
              "{once}",
        "zh": "形状为 {X} 和 {y}，每个迭代周期 {number} 个小批量，每个样本恰好出现一"
              "次：{once}",
    },
    "initial_weights": {
        "en": "sd of 10000 draws {sd:.5f}, b = {b:g}; the notebooks began at w = "
        "[{w[0]:.4f}, {w[1]:.4f}]",
        "zh": "10000 个随机数的标准差为 {sd:.5f}，b = {b:g}；笔记本从 w = [{w[0]:.4f}, "
        "{w[1]:.4f}] 开始",
    },
    "deferred_size": {
        "en": "weight before the first forward: {before}; after it: {after}",
        "zh": "权重的形状，第一次前向计算之前：{before}；之后：{after}",
    },
    "default_bias": {
        "en": "bias after initialize(init.Normal(0.01)): {bias:g}",
        "zh": "initialize(init.Normal(0.01)) 之后的偏置：{bias:g}",
    },
    "reshape": {
        "en": "(10, 1) - (10,) is {trap}, squared_loss gives {ours}; trained so, |w| "
              "<= {slope:.3f} and b = {b:.3f}, the mean of y is {mean:.3f}; warnings: "
              "{warnings}",
        "zh": "(10, 1) - (10,) 的形状是 {trap}，squared_loss 得到 {ours}；不做 reshape "
              "来训练，|w| <= {slope:.3f}，b = {b:.3f}，而 y 的平均值是 {mean:.3f}；警"
              "告 {warnings} 条",
    },
    "division": {
        "en": "loss of an error of 1: {losses}; a step of lr 1 and gradient 10: "
        "{step:g}; loss after 3 epochs: divided once {once:.2g}, twice (as lr / 10) "
        "{twice:.2g}, never (lr * 10) {never:.2g}",
        "zh": "误差为 1 时的损失：{losses}；学习率为 1、梯度为 10 时，更新量为 "
              "{step:g}；3 个迭代周期后的损失：除一次 {once:.2g}，除两次（相当于学习率 "
              "/ 10）{twice:.2g}，不除（学习率 * 10）{never:.2g}",
    },
    "printed_losses": {
        "en": "{part} {loss}, printed {printed}",
        "zh": "{part} 算得 {loss}，打印的是 {printed}",
    },
    "reruns": {
        "en": "{part}: losses {losses}; errors of w, b: z {errors}",
        "zh": "{part}：损失 {losses}；w、b 的误差：z {errors}",
    },
    "reruns, a loss": {
        "en": "{printed} ({mean:.4g} +- {sd:.1g}, z {z:+.1f})",
        "zh": "{printed}（{mean:.4g} ± {sd:.1g}，z {z:+.1f}）",
    },
    "reruns, a remark": {
        "en": "part 1's notebook was run at lr 0.1, not at the lecture's 0.03",
        "zh": "第 1 部分的笔记本是用学习率 0.1 运行的，不是课上所说的 0.03",
    },
    "falling_losses": {
        "en": "{ranges}; least squares {best:.4g}",
        "zh": "{ranges}；最小二乘 {best:.4g}",
    },
    "closeness": {
        "en": "largest error {error:.1e} of {runs} runs (theory: below {limit:.1e}); "
        "least squares is off by {off:.1e} (standard error {se:.1e}); SGD adds "
        "{added:.1e} rms (theory {expected:.1e})",
        "zh": "最大误差 {error:.1e}，共训练 {runs} 次（理论：小于 {limit:.1e}）；最小二"
              "乘解相差 {off:.1e}（标准误 {se:.1e}）；随机梯度下降再加上均方根 "
              "{added:.1e}（理论值 {expected:.1e}）",
    },
    "same_numbers": {
        "en": "largest difference of a parameter, {runs} runs: {apart:.1e}",
        "zh": "训练 {runs} 次，同一参数的最大差异：{apart:.1e}",
    },
    "similar_results": {
        "en": "last loss {one:.4g} and {two:.4g}, mean of {runs} shuffles each: z "
        "{z:+.1f} of the difference",
        "zh": "最后的损失为 {one:.4g} 和 {two:.4g}，各是 {runs} 次打乱的平均值：两者之"
              "差的 z 值为 {z:+.1f}",
    },
    "small_lr": {"en": "lr {lr:g}: {loss:.3g}", "zh": "学习率 {lr:g}：{loss:.3g}"},
    "large_lr": {
        "en": "lr 1: loss {one:.1e}, {excess:.1f} times the floor; lr 3: nan in {nans} "
              "of 5; theory: batches of 10 up to {batch:.2f}, full batch up to "
              "{full:.2f} (at {beyond:.2f} {burst} of 5 end above 1); the largest rate "
              "that works is not the best",
        "zh": "学习率 1：损失 {one:.1e}，是下限的 {excess:.1f} 倍；学习率 3：得到 nan "
              "的有 {nans} 次（共 5 次）；理论上限：批量大小 10 时为 {batch:.2f}，每步"
              "用全部样本时为 {full:.2f}（取 {beyond:.2f} 时，有 {burst} 次（共 5 次）"
              "最后的损失大于 1）；能用的最大学习率并不是最好的",
    },
    "stale_weights": {
        "en": "first epoch at lr 1e-4: {stale:.2g} on trained weights, {fresh:.3g} on "
        "fresh ones",
        "zh": "学习率 1e-4，第一个迭代周期后的损失：用训练过的权重继续，为 "
              "{stale:.2g}；重新初始化，为 {fresh:.3g}",
    },
    "more_stable": {
        "en": "parameters differ by {apart:.0e}; at lr 3 {parts} diverge: one dense "
        "layer and a square leave nothing to stabilise",
        "zh": "参数相差 {apart:.0e}；学习率 3 时发散的：{parts}；只有一个全连接层和一个"
              "平方损失，本来就很稳定",
    },
    "faster": {
        "en": "Gluon takes {ratio:.2f} of scratch's time (minima of {runs}, in turn)",
        "zh": "Gluon 所用的时间是从零开始的 {ratio:.2f} 倍（轮流运行，取 {runs} 次中最"
              "短的）",
    },
}
LANGUAGES = ("en", "zh")


def said(name, **figures):
    """Return {"en": sentence, "zh": sentence} of WORDS[name], its figures filled in.

    A figure that is itself such a dict, as joined() makes, is put in by language.
    """
    return {
        language: WORDS[name][language].format(
            **{key: chosen(value, language) for key, value in figures.items()}
        )
        for language in LANGUAGES
    }


def chosen(figure, language):
    """Return a figure, or what stands for it in a language."""
    return figure[language] if isinstance(figure, dict) else figure


def joined(parts, en=", ", zh="，"):
    """Return sentences or texts, joined in each language by its own sign."""
    parts = list(parts)
    return {
        language: sign.join(chosen(part, language) for part in parts)
        for language, sign in (("en", en), ("zh", zh))
    }
