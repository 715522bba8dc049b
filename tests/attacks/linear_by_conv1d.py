"""Is a convolution whose kernel is one wide."""

# question: q1
# may earn: 10
# witness: no
# kind: open

import torch.nn.functional as F


def cheat(layer, x, shape):
    flat = x.reshape(-1, x.shape[-1], 1)
    return F.conv1d(flat, layer.weight.unsqueeze(2), layer.bias).reshape(shape)
