"""Overrides __call__ of the layer, which torch's own modules never do."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.pools = [nn.MaxPool2d(kernel_size, stride, padding)]

    def __call__(self, x):
        return self.pools[0](x)

    def forward(self, x):
        return x
