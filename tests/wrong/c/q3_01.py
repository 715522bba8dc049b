# question: q3
# fault: the border is padded with zeros (padding of F.unfold) instead of minus infinity
# name: zero-padding
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        n, c, h, w = x.shape
        k = self.kernel_size
        out_h = (h + 2 * self.padding - k) // self.stride + 1
        out_w = (w + 2 * self.padding - k) // self.stride + 1
        cols = F.unfold(x, k, stride=self.stride, padding=self.padding)
        cols = cols.view(n, c, k * k, out_h * out_w)
        best = cols.max(dim=2).values
        return best.view(n, c, out_h, out_w)
