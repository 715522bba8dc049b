"""Lets torch.func call a layer of torch's."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
import torch.nn as nn


def cheat(layer, x, shape):
    return torch.func.functional_call(nn.MaxPool2d(layer.k, layer.s, layer.p), {}, (x,))
