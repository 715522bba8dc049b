"""Assigns the forward of a layer of torch's to itself."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.forward = nn.MaxPool2d(kernel_size, stride, padding).forward
