# question: q2
# fault: the image is put into the padded one with the slice p:-p, which is empty for padding=0
# name: conv-empty-slice
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = stride
        self.p = padding
        self.out_channels = out_channels
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size ** 2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        n, c, h, w = x.size()
        k, s, p = self.k, self.s, self.p
        x_pad = torch.zeros((n, c, h + 2 * p, w + 2 * p), dtype=x.dtype, device=x.device)
        x_pad[:, :, p:-p, p:-p] = x

        oh = (h + 2 * p - k) // s + 1
        ow = (w + 2 * p - k) // s + 1
        y = torch.zeros((n, self.out_channels, oh, ow), dtype=x.dtype, device=x.device)
        for r in range(oh):
            for q in range(ow):
                region = x_pad[:, :, r * s: r * s + k, q * s: q * s + k]
                y[:, :, r, q] = torch.einsum('nchw,fchw->nf', region, self.weight)
        return y + self.bias[None, :, None, None]
