"""scikit-learn's compiled SGDRegressor, which shuffles for itself.

It has no batches, so it takes a step for each example, each of rate lr; its oracle
walks batches of one in the same order.
"""

from sklearn.linear_model import SGDRegressor


def regressor(problem, **options):
    return SGDRegressor(
        penalty=None, learning_rate="constant", eta0=problem.lr, tol=None, **options
    )


def train(features, labels, problem):
    model = regressor(problem, max_iter=problem.epochs, random_state=0)
    model.fit(features, labels)
    return model.coef_, model.intercept_[0]
