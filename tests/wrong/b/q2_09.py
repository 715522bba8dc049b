# question: q2
# fault: the window indices are computed at the first call and reused for inputs of another size
# name: columns-kept
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
        self.im2col_idx = None      # computing it every time is slow
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _indices(self, H, W):
        k, s = self.kernel_size, self.stride
        oh, ow = (H - k) // s + 1, (W - k) // s + 1
        tap = torch.arange(k)
        rows = (s * torch.arange(oh)).view(oh, 1, 1, 1) + tap.view(1, 1, k, 1)
        cols = (s * torch.arange(ow)).view(1, ow, 1, 1) + tap.view(1, 1, 1, k)
        return rows, cols

    def forward(self, x):
        p = self.padding
        N, C, H, W = x.shape
        big = x.new_zeros((N, C, H + 2 * p, W + 2 * p))
        big[:, :, p:p + H, p:p + W] = x
        if self.im2col_idx is None:
            self.im2col_idx = self._indices(H + 2 * p, W + 2 * p)
        rows, cols = self.im2col_idx
        patches = big[:, :, rows, cols]           # N C oh ow k k
        res = torch.einsum('ncijuv,fcuv->nfij', patches, self.weight)
        return res + self.bias.view(-1, 1, 1)
