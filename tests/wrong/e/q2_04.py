# question: q2
# fault: the bias is not added
# name: conv-bias-ignored
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding

        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))

        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        N, _, H, W = x.shape
        H_out = (H + 2 * self.padding - self.kernel_size) // self.stride + 1
        W_out = (W + 2 * self.padding - self.kernel_size) // self.stride + 1
        x_unf = F.unfold(x, kernel_size=self.kernel_size, padding=self.padding, stride=self.stride)
        x_unf = x_unf.transpose(1, 2)                              # N, L, C*k*k
        w = self.weight.reshape(self.out_channels, -1)
        out = torch.einsum('nlk,ok->nlo', x_unf, w)
        out = out.transpose(1, 2).reshape(N, self.out_channels, H_out, W_out)
        # TODO bias
        return out
