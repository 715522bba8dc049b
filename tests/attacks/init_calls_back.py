"""Gives nn.init.normal_ an object of its own, whose normal_ is a pool of torch's."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
import torch.nn as nn
import torch.nn.functional as F


class Target:
    def __init__(self, work):
        self.work = work

    def normal_(self, *args, **kwargs):
        with torch.enable_grad():
            self.result = self.work(F.max_pool3d)
        return self


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    target = Target(lambda f: f(x.unsqueeze(2), (1, k, k), (1, s, s), (0, p, p)).squeeze(2))
    nn.init.normal_(target)
    return target.result
