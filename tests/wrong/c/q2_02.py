# question: q2
# fault: zero padding is added to the height only, not to the width
# name: conv-padding-along-one-axis
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.cin, self.cout = in_channels, out_channels
        self.k, self.s, self.p = kernel_size, stride, padding
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(out_channels).uniform_(-bound, bound))

    def pad(self, x):
        if self.p == 0:
            return x
        n, c, h, w = x.shape
        strip = torch.zeros(n, c, self.p, w, dtype=x.dtype, device=x.device)
        x = torch.cat([strip, x, strip], dim=2)
        return x

    def forward(self, x):
        x = self.pad(x)
        n, c, h, w = x.shape
        oh = (h - self.k) // self.s + 1
        ow = (w - self.k) // self.s + 1
        out = torch.zeros(n, self.cout, oh, ow, dtype=x.dtype, device=x.device)
        for r in range(oh):
            for q in range(ow):
                top, left = r * self.s, q * self.s
                window = x[:, :, top:top + self.k, left:left + self.k]
                out[:, :, r, q] = torch.einsum('nchw,ochw->no', window, self.weight) + self.bias
        return out
