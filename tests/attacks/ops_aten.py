"""Calls torch's pool by torch.ops, below every Python function."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    return torch.ops.aten.max_pool2d(x, [k, k], [s, s], [p, p])
