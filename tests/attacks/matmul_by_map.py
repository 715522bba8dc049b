"""Maps the built-in function over lists of tensors."""

# question: q1
# may earn: 10
# witness: no
# kind: open

import torch


def cheat(layer, x, shape):
    rows = list(map(torch.mv, [layer.weight] * x.reshape(-1, x.shape[-1]).shape[0], x.reshape(-1, x.shape[-1])))
    y = torch.stack(rows).reshape(shape)
    return y if layer.bias is None else y + layer.bias
