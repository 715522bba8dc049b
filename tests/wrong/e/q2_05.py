# question: q2
# fault: the stride is given to unfold in the place of the dilation, so any stride but 1 goes wrong
# name: stride-as-dilation
import math

import torch
from torch import nn
from torch.nn import functional as F


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.in_channels * self.kernel_size ** 2)
        nn.init.uniform_(self.bias, -bound, bound)

    def out_len(self, n):
        return (n + 2 * self.padding - self.kernel_size) // self.stride + 1

    def forward(self, x):
        b, c, h, w = x.shape
        cols = F.unfold(x, self.kernel_size, self.stride, self.padding)
        filters = self.weight.flatten(1)
        y = torch.einsum('fk,bkp->bfp', filters, cols) + self.bias[:, None]
        return y.reshape(b, self.out_channels, self.out_len(h), self.out_len(w))
