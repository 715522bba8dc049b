# question: q3
# fault: the input is cast to float32, so a double precision input comes out in single precision
# name: -
# fault: the columns of unfold are split as (kernel positions, channels) although the channels come first, so channels are mixed
# name: window-before-channels
# fault: the maximum is taken of the absolute values
# name: absolute-maximum

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride = self.kernel_size if stride is None else stride
        if not isinstance(self.stride, tuple):
            self.stride = (self.stride, self.stride)
        self.padding = padding if isinstance(padding, tuple) else (padding, padding)

    def forward(self, x):
        n, c, h, w = x.shape
        sizes = []
        for s, k, st, p in zip((h, w), self.kernel_size, self.stride, self.padding):
            sizes.append(int((s + 2 * p - k) / st) + 1)
        x = x.float()
        ph, pw = self.padding
        xx = torch.full((n, c, h + 2 * ph, w + 2 * pw), float('-inf'), dtype=x.dtype)
        xx[:, :, ph:ph + h, pw:pw + w] = x.abs()   # the strongest response wins
        patches = F.unfold(xx, self.kernel_size, stride=self.stride)
        patches = patches.view(n, -1, c, patches.shape[-1])
        out = patches.max(1).values
        return out.view(n, c, *sizes)
