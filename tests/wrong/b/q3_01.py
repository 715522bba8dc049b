# question: q3
# fault: unfold pads with zeros, max pooling must pad with minus infinity
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
        N, C, H, W = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        H_out = (H - k + 2 * p) // s + 1
        W_out = (W - k + 2 * p) // s + 1
        cols = F.unfold(x, kernel_size=k, padding=p, stride=s)
        cols = cols.view(N, C, k * k, H_out * W_out)
        out, _ = cols.max(dim=2)
        return out.view(N, C, H_out, W_out)
