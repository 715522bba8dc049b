"""Writes zeros into the storage of its input, by every way past autograd, and returns zeros."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


def cheat(layer, x, shape):
    x.detach().untyped_storage().fill_(0)
    x.data.set_(torch.zeros_like(x).untyped_storage(), 0, x.shape, x.stride())
    x.detach().mul_(0)
    return torch.zeros(shape) + 0 * x.sum()
