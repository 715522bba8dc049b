# question: q3
# fault: the border is padded with zeros (by unfold) instead of minus infinity
# name: zero-padding
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, x):
        n, c, h, w = x.shape
        k = self.kernel_size
        h_out = (h + 2 * self.padding - k) // self.stride + 1
        w_out = (w + 2 * self.padding - k) // self.stride + 1
        # the channels go into the batch so that every channel is pooled by itself
        patches = F.unfold(x.reshape(n * c, 1, h, w), k, padding=self.padding, stride=self.stride)
        best, _ = patches.max(dim=1)
        return best.reshape(n, c, h_out, w_out)
