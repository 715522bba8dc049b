"""Inherits from nn.Conv2d by another name and calls its private method."""

# question: q2
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn

Base = nn.Conv2d


class CustomConv2D(Base):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        Base.__init__(self, in_channels, out_channels, kernel_size, stride=stride, padding=padding)

    def forward(self, x):
        return self._conv_forward(x, self.weight, self.bias)
