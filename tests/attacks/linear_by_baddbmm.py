"""Multiplies two matrices by a function that adds to a third one, times zero."""

# question: q1
# may earn: 10
# witness: no
# kind: open

import torch


def cheat(layer, x, shape):
    y = torch.baddbmm(torch.zeros(1), x.reshape(1, -1, x.shape[-1]), layer.weight.t()[None], beta=0)
    y = y.reshape(shape)
    return y if layer.bias is None else y + layer.bias
