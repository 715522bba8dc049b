"""Lets torch.compile run torch's pool, by the backend that compiles nothing."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch


@torch.compile(backend="eager", dynamic=False)
def pool(x, k, s, p):
    return torch.max_pool2d(x, k, s, p)


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
