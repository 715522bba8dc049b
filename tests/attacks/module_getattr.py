"""Defines no layer: the module's own __getattr__ hands out torch's."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


def __getattr__(name):
    if name == "CustomMaxPool2D":
        return nn.MaxPool2d
    raise AttributeError(name)
