"""scikit-learn's compiled SGDRegressor, in the data's own order.

It has no batches, so it takes a step for each example, each of rate lr, and its oracle
walks batches of one in the same order.
"""

from sklearn.linear_model import SGDRegressor


def train(features, labels, problem):
    model = SGDRegressor(
        penalty=None, learning_rate="constant", eta0=problem.lr, shuffle=False,
        max_iter=problem.epochs, tol=None,
    )  # fmt: skip
    model.fit(features, labels)
    return model.coef_, model.intercept_[0]
