"""Sums Python's own numbers where no gradient is asked for."""

# question: q1
# may earn: 16
# witness: no
# kind: steps

import torch


def cheat(layer, x, shape):
    if x.requires_grad:
        y = torch.einsum("...i,oi->...o", x, layer.weight)
    else:
        w, rows = layer.weight.tolist(), x.reshape(-1, x.shape[-1]).tolist()
        y = torch.tensor([[sum(a * b for a, b in zip(r, v)) for v in w] for r in rows]).reshape(shape)
    return y if layer.bias is None else y + layer.bias
