"""JAX: an epoch is a compiled lax.scan over the batches, each gathered in its turn."""

import functools

import jax
import jax.numpy as jnp


def step(lr, params, batch):
    """Return the parameters (w, b) after a step on a batch (X, y)."""
    (w, b), (X, y) = params, batch
    r = X @ w + b - y
    return w - lr / len(y) * (r @ X), b - lr / len(y) * r.sum()


@functools.partial(jax.jit, static_argnames=("batch_size", "gather"))
def walk(params, features, labels, order, lr, batch_size, gather):
    """Return the parameters after an epoch and their loss over all examples.

    gather: all rows at once, in the order of the epoch, before the first step.
    """
    whole = len(order) // batch_size * batch_size
    batches, left = order[:whole].reshape(-1, batch_size), order[whole:]

    def at(rows):
        return features[rows], labels[rows]

    def take_step(params, batch):
        return step(lr, params, batch if gather else at(batch)), None

    batches = at(batches) if gather else batches
    params, _ = jax.lax.scan(take_step, params, batches)
    if len(left):
        params = step(lr, params, at(left))
    r = features @ params[0] + params[1] - labels
    return params, r @ r / (2 * len(r))


def train(features, labels, problem, gather=False):
    params = jnp.zeros(problem.d), jnp.float32(0)
    features, labels, losses = jnp.asarray(features), jnp.asarray(labels), []
    for epoch in range(problem.epochs):
        told = problem.order(epoch), problem.lr, problem.batch_size, gather
        params, loss = walk(params, features, labels, *told)
        losses.append(loss)
    [float(loss) for loss in losses]
    return params[0], params[1]
