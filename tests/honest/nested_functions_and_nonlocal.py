# questions: q2 q3
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F


def make_window(k, s, p):
    calls = 0

    def size(n):
        nonlocal calls
        calls += 1
        return (n + 2 * p - k) // s + 1

    def padded(x, value):
        if p == 0:
            return x
        n, c, h, w = x.shape
        out = torch.full(size=(n, c, h + p + p, w + p + p), fill_value=value)
        out[:, :, p:h + p, p:w + p] = x
        return out

    size.padded = padded
    size.calls = lambda: calls
    return size


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s = kernel_size, stride
        self.size = make_window(kernel_size, stride, padding)
        self.weight = nn.Parameter(torch.rand(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.rand(out_channels))

    def forward(self, x):
        ho, wo = map(self.size, x.shape[2:])
        y = torch.einsum('ok,nkl->nol', self.weight.flatten(1), F.unfold(self.size.padded(x, 0.0), self.k, stride=self.s))
        return y.view(-1, y.shape[1], ho, wo) + self.bias.view(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s = kernel_size, stride or kernel_size
        self.size = make_window(self.k, self.s, padding)

    def forward(self, x):
        big = self.size.padded(x, float('-inf'))
        return big.unfold(2, self.k, self.s).unfold(3, self.k, self.s).flatten(4).max(4)[0]
