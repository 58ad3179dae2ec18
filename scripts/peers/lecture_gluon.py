"""The lecture's own loop of part 2: ArrayDataset of NDArrays, DataLoader, Trainer.

Only the shuffle is replaced, by the order that all peers share.
"""

from linreg_gluon.compat import mx

gluon, nd = mx.gluon, mx.nd


def train(features, labels, problem):
    features, labels = nd.array(features), nd.array(labels)
    indices = []  # a list is a sampler
    dataset = gluon.data.ArrayDataset(features, labels)
    data_iter = gluon.data.DataLoader(dataset, problem.batch_size, sampler=indices)
    net = gluon.nn.Sequential()
    net.add(gluon.nn.Dense(1))
    net.initialize(mx.init.Zero())
    loss = gluon.loss.L2Loss()
    options = {"learning_rate": problem.lr}
    trainer = gluon.Trainer(net.collect_params(), "sgd", options)
    for epoch in range(problem.epochs):
        indices[:] = problem.order(epoch).tolist()
        for X, y in data_iter:
            with mx.autograd.record():
                l = loss(net(X), y)
            l.backward()
            trainer.step(problem.batch_size)
        loss(net(features), labels).mean().asnumpy()
    w, b = net[0].weight.data(), net[0].bias.data()
    return w.asnumpy().ravel(), b.asscalar()
