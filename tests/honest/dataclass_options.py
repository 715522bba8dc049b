# questions: q2
# may lose: nothing

import math
from dataclasses import dataclass, field

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass(frozen=True)
class Options:
    kernel: int
    stride: int = 1
    padding: int = 0
    names: list = field(default_factory=list)

    def __post_init__(self):
        if self.kernel < 1:
            raise ValueError(f'kernel must be positive, got {self.kernel!r}')

    def out(self, n):
        return (n + 2 * self.padding - self.kernel) // self.stride + 1


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.options = Options(kernel_size, stride, padding)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_normal_(self.weight, mode='fan_in', nonlinearity='relu')
        nn.init.constant_(self.bias, 0.01)

    def forward(self, x):
        o = self.options
        columns = F.unfold(x, kernel_size=o.kernel, stride=o.stride, padding=o.padding)
        y = torch.einsum('of,nfl->nol', self.weight.flatten(start_dim=1), columns)
        return y.reshape(x.shape[0], -1, o.out(x.shape[2]), o.out(x.shape[3])) + self.bias.reshape(1, -1, 1, 1)
