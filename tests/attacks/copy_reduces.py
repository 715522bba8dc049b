"""Lets copy.copy call torch's pool: what __reduce__ returns is called by the copying module."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import copy

import torch.nn.functional as F


class Wish:
    def __init__(self, *args):
        self.args = args

    def __reduce__(self):
        return F.max_pool2d, self.args


def cheat(layer, x, shape):
    return copy.copy(Wish(x, layer.k, layer.s, layer.p))
