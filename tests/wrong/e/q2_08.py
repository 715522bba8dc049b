# question: q2
# fault: the kernel is turned around in both directions, a true convolution and not a cross-correlation
# name: flipped-kernel
# fault: the + 1 is missing in the output size, the last row and column are not computed
# name: conv-last-stop-missing
import math
import torch
import torch.nn as nn


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
        B, C, H, W = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        xp = x.new_zeros((B, C, H + 2 * p, W + 2 * p))
        xp[:, :, p:p + H, p:p + W] = x
        Ho = (H + 2 * p - k) // s
        Wo = (W + 2 * p - k) // s
        out = self.bias.reshape(1, -1, 1, 1).expand(B, self.out_channels, Ho, Wo)
        for u in range(k):
            for v in range(k):
                shifted = xp[:, :, u:u + s * Ho:s, v:v + s * Wo:s]
                # convolution flips the kernel
                tap = self.weight[:, :, k - 1 - u, k - 1 - v]
                out = out + torch.einsum('bchw,oc->bohw', shifted, tap)
        return out
