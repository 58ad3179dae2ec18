"""torch_scratch with the data gathered once per epoch: slices for batches."""

import functools

import torch_scratch

train = functools.partial(torch_scratch.train, gather=True)
