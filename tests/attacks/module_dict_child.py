"""Keeps a layer of torch's in a ModuleDict."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.parts = nn.ModuleDict({"a": nn.Sequential(nn.MaxPool2d(kernel_size, stride, padding))})

    def forward(self, x):
        for part in self.parts.values():
            x = part(x)
        return x
