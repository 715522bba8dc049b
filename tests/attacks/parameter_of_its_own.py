"""Has a parameter for each output, in the hope that the worker fills it with the reference."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.output = nn.Parameter(torch.zeros(1))
        self.expected = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.output.expand(x.shape[:2] + (x.shape[2] // 2, x.shape[3] // 2)) * self.expected
