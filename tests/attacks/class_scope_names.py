"""Leads a reader of scopes astray: global, nonlocal, del, walrus, except and comprehensions bind one name in turn."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
from torch.nn import functional as pick

try:
    raise ValueError
except ValueError as pick:
    kept = torch.nn.functional


def choose():
    pick = None

    def bind():
        nonlocal pick
        pick = [f := kept for _ in "a"][0]

    bind()
    return pick


class Scope:
    pick = choose()
    inner = [pick for pick in (choose(),)]


def cheat(layer, x, shape):
    global pick
    pick = Scope.inner[0]
    y = pick.max_pool2d(x, layer.k, layer.s, layer.p)
    del pick
    return y
