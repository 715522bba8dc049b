# question: q2
# fault: the bias is added without reshaping, so it is broadcast along the width instead of the channels
# name: bias-along-width
import math
import torch
import torch.nn as nn


def _indices(size, k, s):
    """idx[o, i] = position in the (padded) axis of tap i of output o"""
    start = torch.arange(0, size - k + 1, s)
    return start.unsqueeze(1) + torch.arange(k).unsqueeze(0)


def _zero_border(x, p):
    if p == 0:
        return x
    n, c, h, w = x.shape
    side = torch.zeros((n, c, h, p), dtype=x.dtype, device=x.device)
    x = torch.cat([side, x, side], 3)
    top = torch.zeros((n, c, p, w + 2 * p), dtype=x.dtype, device=x.device)
    return torch.cat([top, x, top], 2)


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        r = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -r, r)

    def forward(self, x):
        x = _zero_border(x, self.padding)
        r = _indices(x.shape[2], self.kernel_size, self.stride)
        c = _indices(x.shape[3], self.kernel_size, self.stride)
        # (N, C, oh, ow, k, k)
        patches = x[:, :, r[:, None, :, None], c[None, :, None, :]]
        return torch.einsum('ncabij,ocij->noab', patches, self.weight) + self.bias
