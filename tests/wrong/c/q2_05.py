# question: q2
# fault: the padded buffer is filled by [:, :, p:-p, p:-p], which is empty when p = 0
# name: conv-empty-slice
# fault: the shifted slice ends at i + H_out instead of i + H_out * stride, so it is too short when the stride is above 1
# name: conv-slices-too-short
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
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        limit = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        self.bias = nn.Parameter(torch.rand(out_channels) * 2 * limit - limit)

    def forward(self, x):
        n, c, h, w = x.shape
        p, s, k = self.padding, self.stride, self.kernel_size
        xp = torch.zeros(n, c, h + 2 * p, w + 2 * p, dtype=x.dtype, device=x.device)
        xp[:, :, p:-p, p:-p] = x

        hout = (h + 2 * p - k) // s + 1
        wout = (w + 2 * p - k) // s + 1
        # add up k*k 1x1 convolutions, each on a shifted copy of the picture
        total = self.bias.view(1, -1, 1, 1).expand(n, -1, hout, wout)
        for i in range(k):
            for j in range(k):
                shifted = xp[:, :, i:i + hout:s, j:j + wout:s]
                total = total + torch.einsum('oc,nchw->nohw', self.weight[:, :, i, j], shifted)
        return total
