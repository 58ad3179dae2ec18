"""PyTorch as Dive into Deep Learning does it from scratch: lists of indices, sgd."""

import torch


def data_iter(features, labels, problem, epoch, gather):
    """Yield the batches; gather: from one shuffled copy of the data per epoch."""
    if gather:
        rows = torch.from_numpy(problem.order(epoch))
        X, y = features[rows], labels[rows]
        yield from zip(X.split(problem.batch_size), y.split(problem.batch_size))
        return
    indices = problem.order(epoch).tolist()
    for i in range(0, len(indices), problem.batch_size):
        rows = torch.tensor(indices[i : i + problem.batch_size])
        yield features[rows], labels[rows]


def train(features, labels, problem, gather=False):
    features, labels = torch.from_numpy(features), torch.from_numpy(labels)
    w = torch.zeros((problem.d, 1), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)

    def loss(X, y):
        y_hat = torch.matmul(X, w) + b
        return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2

    for epoch in range(problem.epochs):
        for X, y in data_iter(features, labels, problem, epoch, gather):
            loss(X, y).sum().backward()
            with torch.no_grad():
                for param in (w, b):
                    param -= problem.lr * param.grad / problem.batch_size
                    param.grad.zero_()
        with torch.no_grad():
            loss(features, labels).mean().item()
    return w.detach().numpy().ravel(), b.item()
