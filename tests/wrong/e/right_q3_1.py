# question: q3
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        xp = x.new_full((n, c, h + 2 * p, w + 2 * p), float('-inf'))
        xp[:, :, p:p + h, p:p + w] = x
        ho, wo = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
        shifts = [xp[:, :, a:a + s * ho:s, b:b + s * wo:s] for a in range(k) for b in range(k)]
        return torch.stack(shifts, dim=0).max(dim=0)[0]
