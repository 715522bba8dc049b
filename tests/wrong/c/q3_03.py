# question: q3
# fault: the columns of unfold are viewed as (N, k*k, C, L) instead of (N, C, k*k, L), so window and channel axes are mixed up
# name: window-before-channels
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    """
    im2col + max
    """
    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        if stride is None:
            stride = kernel_size
        self.stride = stride
        self.padding = padding

    def forward(self, x):
        B, C, H, W = x.shape
        P = self.padding
        if P > 0:
            lr = torch.full((B, C, H, P), -float('inf'), dtype=x.dtype, device=x.device)
            x = torch.cat([lr, x, lr], dim=3)
            tb = torch.full((B, C, P, W + 2 * P), -float('inf'), dtype=x.dtype, device=x.device)
            x = torch.cat([tb, x, tb], dim=2)
        Hn = (H + 2 * P - self.kernel_size) // self.stride + 1
        Wn = (W + 2 * P - self.kernel_size) // self.stride + 1
        patches = torch.nn.functional.unfold(x, kernel_size=self.kernel_size, stride=self.stride)
        patches = patches.view(B, self.kernel_size * self.kernel_size, C, -1)
        values, idx = patches.max(dim=1)
        return values.view(B, C, Hn, Wn)
