"""scikit-learn fed with our batches, one partial_fit each: a step for each example."""

from sklearn_sgd import regressor


def train(features, labels, problem):
    model = regressor(problem, shuffle=False)
    for epoch in range(problem.epochs):
        for rows in problem.batches(epoch):
            model.partial_fit(features[rows], labels[rows])
    return model.coef_, model.intercept_[0]
