# question: q2
# fault: the kernel is flipped in both directions: a true convolution instead of a cross-correlation
# name: flipped-kernel
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size ** 2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        k, s, p = self.kernel_size, self.stride, self.padding
        N, C, H, W = x.shape
        canvas = x.new_zeros(N, C, H + 2 * p, W + 2 * p)
        canvas[:, :, p:p + H, p:p + W] = x
        rows = (H + 2 * p - k) // s + 1
        cols = (W + 2 * p - k) // s + 1

        y = self.bias.view(1, -1, 1, 1)
        for u in range(k):
            for v in range(k):
                tap = self.weight[:, :, k - 1 - u, k - 1 - v]
                piece = canvas[:, :, u:u + (rows - 1) * s + 1:s, v:v + (cols - 1) * s + 1:s]
                y = y + torch.einsum('nchw,oc->nohw', piece, tap)
        return y
