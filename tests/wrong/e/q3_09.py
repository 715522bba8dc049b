# question: q3
# fault: with stride=None the stride becomes 1 instead of kernel_size
# name: stride-one-by-default
# fault: the padding is left out
# name: pool-padding-ignored
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else 1
        self.padding = padding

    def forward(self, x):
        N, C, H, W = x.shape
        H_out = (H - self.kernel_size) // self.stride + 1
        W_out = (W - self.kernel_size) // self.stride + 1
        # treat every channel as its own image
        x = x.reshape(N * C, 1, H, W)
        x = F.unfold(x, kernel_size=self.kernel_size, stride=self.stride)
        x = x.max(dim=1).values
        return x.reshape(N, C, H_out, W_out)
