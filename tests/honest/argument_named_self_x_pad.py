# questions: q3
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class Padder:
    def __init__(self, pad):
        self.pad = pad
    def __call__(self, x):
        if self.pad == 0:
            return x
        n, c, h, w = x.shape
        out = x.new_full((n, c, h + 2 * self.pad, w + 2 * self.pad), -math.inf)
        out[:, :, self.pad:-self.pad, self.pad:-self.pad] = x
        return out

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride if stride is not None else kernel_size, padding

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        x = Padder(p)(x)
        win = x.unfold(2, k, s).unfold(3, k, s)
        return win.contiguous().view(*win.shape[:4], -1).max(dim=-1)[0]
