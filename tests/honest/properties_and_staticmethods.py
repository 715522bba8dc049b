# questions: q3
# may lose: nothing

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self._kernel = kernel_size
        self._stride = stride
        self.padding = padding

    @property
    def kernel_size(self):
        return self._kernel

    @kernel_size.setter
    def kernel_size(self, value):
        if value <= 0:
            raise ValueError(value)
        self._kernel = value

    @property
    def stride(self):
        return self._stride if self._stride is not None else self.kernel_size

    @staticmethod
    def out_size(n, k, s, p):
        return (n + 2 * p - k) // s + 1

    @classmethod
    def halving(cls):
        return cls(2)

    def pad(self, x):
        p = self.padding
        n, c, h, w = x.shape
        y = torch.ones((n, c, h + 2 * p, w + 2 * p), dtype=x.dtype) * float('-inf')
        y[:, :, p:p + h, p:p + w] = x
        return y

    def forward(self, x):
        h = self.out_size(x.shape[2], self.kernel_size, self.stride, self.padding)
        w = self.out_size(x.shape[3], self.kernel_size, self.stride, self.padding)
        x = self.pad(x)
        rows = (torch.arange(h) * self.stride).view(-1, 1) + torch.arange(self.kernel_size)
        cols = (torch.arange(w) * self.stride).view(-1, 1) + torch.arange(self.kernel_size)
        x = x[:, :, rows][..., cols]  # n c h k w k
        best, _ = x.max(dim=-1)
        best, _ = best.max(dim=3)
        return best
