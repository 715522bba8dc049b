"""Is a convolution of another dimension."""

# question: q2
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


def cheat(layer, x, shape):
    s, p = layer.s, layer.p
    volume = x.unsqueeze(2)
    kernel = layer.weight.unsqueeze(2)
    return nn.functional.conv3d(volume, kernel, layer.bias, (1, s, s), (0, p, p)).squeeze(2)
