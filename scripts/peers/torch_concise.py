"""PyTorch with its own parts: TensorDataset, DataLoader, Linear, MSELoss, SGD."""

import torch
from torch.utils import data


def train(features, labels, problem):
    features, labels = torch.from_numpy(features), torch.from_numpy(labels)[:, None]
    indices = []  # a list is a sampler
    dataset = data.TensorDataset(features, labels)
    loader = data.DataLoader(dataset, problem.batch_size, sampler=indices)
    net = torch.nn.Linear(problem.d, 1)
    torch.nn.init.zeros_(net.weight), torch.nn.init.zeros_(net.bias)
    loss = torch.nn.MSELoss()  # without the 1/2: so half of the lecture's rate
    trainer = torch.optim.SGD(net.parameters(), lr=problem.lr / 2)
    for epoch in range(problem.epochs):
        indices[:] = problem.order(epoch).tolist()
        for X, y in loader:
            l = loss(net(X), y)
            trainer.zero_grad()
            l.backward()
            trainer.step()
        with torch.no_grad():
            loss(net(features), labels).item()
    return net.weight.detach().numpy().ravel(), net.bias.item()
