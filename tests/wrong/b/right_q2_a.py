# question: q2
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        b = 1 / math.sqrt(in_channels * kernel_size ** 2)
        nn.init.uniform_(self.bias, -b, b)

    def selector(self, length, like):
        """sel[a, u, h] = 1 where output a looks with tap u at pixel h; pixels outside simply have no 1."""
        n_out = (length + 2 * self.p - self.k) // self.s + 1
        a = torch.arange(n_out, device=like.device).view(-1, 1, 1)
        u = torch.arange(self.k, device=like.device).view(1, -1, 1)
        h = torch.arange(length, device=like.device).view(1, 1, -1)
        return (a * self.s + u - self.p == h).to(like.dtype)

    def forward(self, x):
        rows = self.selector(x.shape[2], x)
        cols = self.selector(x.shape[3], x)
        t = torch.einsum('nchw,auh->ncauw', x, rows)
        t = torch.einsum('ncauw,bvw->ncauvb', t, cols)
        return torch.einsum('ncauvb,ocuv->noab', t, self.weight) + self.bias.view(-1, 1, 1)
