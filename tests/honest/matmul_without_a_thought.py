# questions: q1 q2
# may lose: q1 10, q2 10

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))

    def forward(self, x):
        n, _, h, w = x.shape
        y = torch.matmul(self.weight.flatten(1), F.unfold(x, self.k, padding=self.p, stride=self.s))
        return y.view(n, -1, (h + 2 * self.p - self.k) // self.s + 1, (w + 2 * self.p - self.k) // self.s + 1) + self.bias.view(-1, 1, 1)
