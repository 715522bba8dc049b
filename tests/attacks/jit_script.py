"""Compiles torch's pool by torch.jit."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch


def pool(x, k: int, s: int, p: int):
    return torch.nn.functional.max_pool2d(x, k, s, p)


fast = torch.jit.script(pool)


def cheat(layer, x, shape):
    return fast(x, layer.k, layer.s, layer.p)
