# question: q2
# fault: the weight parameter is named kernels instead of weight
# name: conv-weight-missing
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.C_in = in_channels
        self.C_out = out_channels
        self.K = kernel_size
        self.stride = stride
        self.padding = padding
        self.kernels = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.kernels, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        N, _, H, W = x.shape
        Ho = (H + 2 * self.padding - self.K) // self.stride + 1
        Wo = (W + 2 * self.padding - self.K) // self.stride + 1
        cols = F.unfold(x, self.K, padding=self.padding, stride=self.stride)
        cols = cols.view(N, self.C_in, self.K, self.K, Ho, Wo)
        maps = torch.einsum('ncuvhw,ocuv->nohw', cols, self.kernels)
        return maps + self.bias.view(1, self.C_out, 1, 1)
