# questions: q2
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F
import math


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.randn(out_channels))

    def forward(self, x):
        n, c, h, w = x.size()
        if self.p:
            zeros = x.new_zeros(n, c, h, self.p)
            x = torch.cat([zeros, x, zeros], dim=3)
            zeros = x.new_zeros(n, c, self.p, w + 2 * self.p)
            x = torch.cat([zeros, x, zeros], dim=2)
        rows = (x.size(2) - self.k) // self.s + 1
        y = 0
        for i in range(self.k):
            strips = x[:, :, i:i + (rows - 1) * self.s + 1:self.s]
            strips = strips.unfold(3, self.k, self.s)
            y = y + torch.einsum('nchwj,ocj->nohw', strips, self.weight[:, :, i])
        return y + self.bias.view(-1, 1, 1)
