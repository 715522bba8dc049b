# question: q2
# fault: the window indices of the first input are kept and used for later inputs of another size
# name: -

import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        as_tuple = lambda a: (a, a) if type(a) is int else a
        self.ks = as_tuple(kernel_size)
        self.st = as_tuple(stride)
        self.pd = as_tuple(padding)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, self.ks[0], self.ks[1]))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()
        self._index = None  # computed in the first forward

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _make_index(self, h, w):
        top = torch.arange(0, h - self.ks[0] + 1, self.st[0])
        left = torch.arange(0, w - self.ks[1] + 1, self.st[1])
        di = torch.arange(self.ks[0])
        dj = torch.arange(self.ks[1])
        rows = top[:, None, None, None] + di[None, None, :, None]
        cols = left[None, :, None, None] + dj[None, None, None, :]
        return rows * w + cols

    def forward(self, x):
        n, c, h, w = x.shape
        ph, pw = self.pd
        rows = x.new_zeros(n, c, ph, w)
        x = torch.cat([rows, x, rows], 2)
        h += 2 * ph
        cols = x.new_zeros(n, c, h, pw)
        x = torch.cat([cols, x, cols], 3)
        w += 2 * pw
        if self._index is None:
            self._index = self._make_index(h, w)
        patches = x.flatten(2)[:, :, self._index]
        y = torch.einsum('ncabij,kcij->nkab', patches, self.weight)
        return y + self.bias.reshape(-1, 1, 1)
