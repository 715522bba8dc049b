# questions: q1 q3
# may lose: nothing

from torch import *
from torch.nn import *
from torch.nn.functional import unfold
from math import *
import torch


class CustomLinear(Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = Parameter(empty(out_features, in_features))
        self.bias = Parameter(empty(out_features)) if bias else None
        init.kaiming_uniform_(self.weight, a=5 ** 0.5)

    def forward(self, x):
        y = einsum('...i,oi->...o', x, self.weight)
        return y if self.bias is None else y + self.bias


class CustomMaxPool2D(Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        n, c, h, w = x.shape
        big = full((n, c, h + 2 * self.p, w + 2 * self.p), -torch.inf)
        big[:, :, self.p:self.p + h, self.p:self.p + w] = x
        windows = big.unfold(2, self.k, self.s).unfold(3, self.k, self.s)
        return windows.flatten(4).max(4)[0]
