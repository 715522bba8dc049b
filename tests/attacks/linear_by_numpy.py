"""Multiplies by numpy where no gradient is asked for."""

# question: q1
# may earn: 10
# witness: no
# kind: open

import torch


def cheat(layer, x, shape):
    if x.requires_grad:
        y = torch.einsum("...i,oi->...o", x, layer.weight)
    else:
        y = torch.from_numpy(x.detach().numpy().dot(layer.weight.detach().numpy().T))
    return y if layer.bias is None else y + layer.bias
