"""No training: the limit. The epochs' orders, and the rows copied in those orders."""


def train(features, labels, problem):
    for epoch in range(problem.epochs):
        order = problem.order(epoch)
        X, y = features.take(order, axis=0), labels.take(order)
    return X[-1], y[-1]  # to be held against the data
