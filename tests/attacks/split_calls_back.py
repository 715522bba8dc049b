"""Gives torch.split an object of its own, whose split torch then calls from within."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
import torch.nn.functional as F

POOLS = []


def remember(f):
    POOLS.append(f)


remember(F.max_pool3d)


class Splits:
    def __init__(self, work):
        self.work = work

    def split(self, size, dim):
        return self.work()


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    return torch.split(Splits(lambda: POOLS[0](x.unsqueeze(2), (1, k, k), (1, s, s), (0, p, p)).squeeze(2)), 1)
