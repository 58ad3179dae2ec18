"""Walking the blocks of all epochs, and train: the same contract as scratch.train."""

import contextlib
import dataclasses
import functools
import math

import numpy as np

from ..config import Config, Fit, Watch
from ..data import Converted, check_arrays, check_finite, check_start, epoch_order
from ..guard import uninterrupted
from ..normal import NormalGenerator
from . import chain, tree, wide
from .blocks import FORMS, block_rows, choose, cut, plan
from .losses import half_squares
from .rates import kept_rates

FEW_PLACES = 2**10  # of a block that is walked at once although a part is averaged
WALKS = {"tree": tree.walk, "chain": chain.walk, "wide": wide.walk}


def first_batch(features, labels, config):
    """Return the first batch, X (B, d) and y (B,) in NumPy, to be looked at."""
    rows = epoch_order(len(features), config.seed, 0)[: config.batch_size]
    return features[rows], labels[rows]


def walk(features, labels, t, config, epochs, block):
    """Yield (t, loss, sums) after each of the epochs, a multiple of block.epochs many.

    t: NumPy (s,), at the start. sums: of t after each step of the epoch, float64 (s,),
    if block.sums; else 0.
    """
    n, s = len(labels), block.size
    blocks = cut(n, block)
    unused = sum(each.steps for each in blocks) - -(-n // block.rows)
    jobs = (
        job
        for first in epochs[:: block.epochs]
        for job in zip(
            block_rows(n, config.seed, first, blocks),
            kept_rates(n, block, *rates_at(config, first, block.epochs)),
        )
    )
    found, walked = [], WALKS[block.form](features, labels, t, jobs, block)
    with contextlib.closing(walked):
        for ends in walked:
            found.append(ends)
            if len(found) < len(blocks):
                continue
            ts, sums = ends[:, :s], np.zeros((block.epochs, s))
            if block.sums:
                with np.errstate(all="ignore"):  # of a run that diverges
                    sums = np.sum([each[:, s:] for each in found], 0, np.float64)
                    sums -= unused * ts
            yield from zip(ts, half_squares(features, labels, ts), sums)
            found = []


def rates_at(config, first, count):
    """Return (the lr of each of count epochs, or one for all; the weight decay)."""
    if config.lr_decay == 1:
        return (config.lr,), config.weight_decay
    lrs = tuple(config.lr_at(epoch) for epoch in range(first, first + count))
    return lrs, config.weight_decay


def train(features, labels, config=Config(), *, start=None, on_epoch=None):
    """Train by the same steps as scratch.train, many times faster.

    Arguments, result and errors are those of scratch.train, and so are the batches, the
    initial weights and hence the numbers, to float32 rounding. on_epoch may be called
    for several epochs at once, after the last of them.
    """
    return train_with(None, features, labels, config, start=start, on_epoch=on_epoch)


@uninterrupted
def train_with(form, features, labels, config, *, start=None, on_epoch=None):
    """Train as train does, in one of FORMS: "tree", "chain" or "wide".

    form None leaves the choice to ``choose``. Raises ValueError for any other name.
    """
    if form is not None and form not in FORMS:
        raise ValueError(f"form must be one of {sorted(FORMS)}, got {form!r}")
    if not isinstance(features, Converted):  # which has rows of its own, and checked
        check_arrays(features, labels)
        features, labels = map(np.ascontiguousarray, (features, labels))
    start = check_start(start, features.shape[1])
    form = form or choose(features.shape[1], min(config.batch_size, len(features)))
    t = start_vector(start, features.shape[1], config, features.dtype)
    watch = Watch(features, labels, config, on_epoch)
    losses = list(start.losses) if start is not None else []
    last, total = len(losses) + config.num_epochs, 0
    for epochs, block in segments(form, features, config, len(losses)):
        for t, loss, sums in walk(features, labels, t, config, epochs, block):
            if len(losses) >= last - config.num_averaged:
                total = total + sums
            if block.sums and len(losses) == last - 1:
                with np.errstate(all="ignore"):  # of a run that diverges
                    t = (total / total[-1]).astype(t.dtype)
                (loss,) = half_squares(features, labels, [t])
            if not math.isfinite(loss):  # as it always is on data that are not
                check_finite(features, labels)
            watch.end_epoch(losses, loss)
    return Fit(t[:-2].copy(), float(t[-2]), tuple(losses))


def segments(form, features, config, first):
    """Yield (epochs, Block): the epochs that fill whole blocks, then what is left.

    Those that are averaged come last, in blocks of their own, unless few places hold
    all: then the sums of the others, not used, cost less than one more call.
    """
    shape, dtype = features.shape, features.dtype
    averaged, whole = config.num_averaged, config.num_epochs
    parts = (whole - averaged, False), (averaged, True)
    if averaged:
        block = plan(form, shape, config, dtype, whole)
        if block.epochs == whole and block.places <= FEW_PLACES:
            parts = ((whole, True),)
    for count, sums in parts:
        if not count:
            continue
        block = plan(form, shape, config, dtype, count, sums)
        stop = first + count
        left = count % block.epochs
        if count - left:
            yield range(first, stop - left), block
        if left:
            yield range(stop - left, stop), dataclasses.replace(block, epochs=left)
        first = stop


def start_vector(start, num_inputs, config, dtype):
    """Return the initial t = [w, b, 1] (s,): from a Fit, or scratch's weights."""
    if start is None:
        start = initial_fit(num_inputs, config.seed, dtype)
    return np.concatenate([start.w, [start.b, 1]]).astype(dtype)


@functools.lru_cache(maxsize=32)
def initial_fit(num_inputs, seed, dtype):
    """Return scratch's initial weights as a Fit, without MXNet.

    Kept, because seeding a generator takes longer than the lecture's training.
    """
    w = NormalGenerator(seed).normal(0.01, (num_inputs, 1), dtype)
    return Fit(w.ravel(), 0.0)
