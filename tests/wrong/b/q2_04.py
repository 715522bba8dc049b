# question: q2
# fault: the row stride given to as_strided is the height of the padded image instead of its width
# name: conv-rows-strided-by-height
import torch
from torch import nn
from math import sqrt


def sliding_windows(img, k, s):
    """view (N,C,H,W) as (N,C,oh,ow,k,k) without copying, like numpy stride_tricks"""
    N, C, H, W = img.shape
    oh = (H - k) // s + 1
    ow = (W - k) // s + 1
    sizes = (N, C, oh, ow, k, k)
    steps = (C * H * W, H * W, s * H, s, H, 1)
    return torch.as_strided(img, sizes, steps)


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=sqrt(5))
        o, i, k, _ = self.weight.shape
        nn.init.uniform_(self.bias, -1 / sqrt(i * k * k), 1 / sqrt(i * k * k))

    def forward(self, x):
        p = self.padding
        n, c, h, w = x.shape
        buf = torch.zeros((n, c, h + 2 * p, w + 2 * p), dtype=x.dtype, device=x.device)
        buf[:, :, p:h + p, p:w + p] = x
        win = sliding_windows(buf, self.weight.shape[-1], self.stride)
        out = torch.einsum('ncabuv,ocuv->noab', win, self.weight)
        return out + self.bias.reshape(1, -1, 1, 1)
