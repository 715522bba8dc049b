"""Is torch's bilinear layer, with a second input of one."""

# question: q1
# may earn: 0
# witness: no
# kind: open

import torch
import torch.nn.functional as F


def cheat(layer, x, shape):
    ones = torch.ones(*x.shape[:-1], 1)
    return F.bilinear(x, ones, layer.weight.unsqueeze(2), layer.bias)
