# question: q3
# fault: max(dim=...) gives values and indices, and the pair is returned instead of the values
# name: values-forgotten
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        if stride is None:
            stride = kernel_size
        self.stride = stride
        self.padding = padding

    def forward(self, x):
        N, C, H, W = x.shape
        pad = self.padding
        xp = torch.full((N, C, H + 2*pad, W + 2*pad), -float('inf'), dtype=x.dtype, device=x.device)
        xp[:, :, pad:H+pad, pad:W+pad] = x
        patches = xp.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        patches = patches.contiguous().flatten(4)
        out = patches.max(dim=4)
        return out
