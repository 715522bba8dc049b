"""Gives torch.add an object with a __torch_function__ of its own, which runs with the modes off."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
import torch.nn.functional as F


class Duck:
    def __init__(self, work):
        self.work = work

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return args[0].work(F.max_pool3d)


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    return torch.add(Duck(lambda f: f(x.unsqueeze(2), (1, k, k), (1, s, s), (0, p, p)).squeeze(2)), 1)
