# questions: q2 q3
# may lose: nothing

import torch
import torch.nn as nn


def windows(x, k, s):
    n, c, h, w = x.shape
    x = x.contiguous()
    sn, sc, sh, sw = x.stride()
    size = (n, c, (h - k) // s + 1, (w - k) // s + 1, k, k)
    return torch.as_strided(x, size, (sn, sc, sh * s, sw * s, sh, sw))


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        with torch.no_grad():
            self.weight.uniform_(-0.1, 0.1)
            self.bias.uniform_(-0.1, 0.1)

    def forward(self, x):
        n, c, h, w = x.shape
        padded = torch.zeros((n, c, h + 2 * self.p, w + 2 * self.p), dtype=x.dtype)
        padded[:, :, self.p:self.p + h, self.p:self.p + w] = x
        return torch.einsum('nchwij,ocij->nohw', windows(padded, self.k, self.s), self.weight) + self.bias.view(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        n, c, h, w = x.shape
        padded = x.new_empty((n, c, h + 2 * self.p, w + 2 * self.p)).fill_(-torch.inf)
        padded[:, :, self.p:self.p + h, self.p:self.p + w] = x
        win = windows(padded, self.k, self.s)
        return win.reshape(win.shape[:4] + (-1,)).max(-1)[0]
