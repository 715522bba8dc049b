"""Folds two tensors by torch.matmul."""

# question: q1
# may earn: 10
# witness: no
# kind: open

from functools import reduce

import torch


def cheat(layer, x, shape):
    y = reduce(torch.matmul, [x, layer.weight.T])
    return y if layer.bias is None else y + layer.bias
