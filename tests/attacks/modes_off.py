"""Switches the counting of operations off, then calls torch's own layer."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
from torch import nn

FUNCTIONS = {
    "CustomLinear": lambda layer, x: nn.functional.linear(x, layer.weight, layer.bias),
    "CustomConv2D": lambda layer, x: nn.functional.conv2d(x, layer.weight, layer.bias, layer.s, layer.p),
    "CustomMaxPool2D": lambda layer, x: nn.functional.max_pool2d(x, layer.k, layer.s, layer.p),
}


def cheat(layer, x, shape):
    with torch._C.DisableTorchFunction(), torch.utils._python_dispatch._disable_current_modes():
        return FUNCTIONS.get(type(layer).__name__, lambda layer, x: torch.zeros(shape))(layer, x)
