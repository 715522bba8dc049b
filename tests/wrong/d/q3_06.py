# question: q3
# fault: for windows that do not overlap the image is only reshaped into tiles, which raises when its size is not a multiple of the kernel
# name: -

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = self.pair(kernel_size)
        self.stride = self.kernel_size if stride is None else self.pair(stride)
        self.padding = self.pair(padding)

    @staticmethod
    def pair(v):
        return (v, v) if isinstance(v, int) else tuple(v)

    def forward(self, x):
        N, C, H, W = x.shape
        kh, kw = self.kernel_size
        sh, sw = self.stride
        ph, pw = self.padding
        if ph > 0 or pw > 0:
            z = torch.full((N, C, H + 2 * ph, W + 2 * pw), float('-inf'), dtype=x.dtype, device=x.device)
            z[:, :, ph:ph + H, pw:pw + W] = x
            x, H, W = z, H + 2 * ph, W + 2 * pw
        if (kh, kw) == (sh, sw):
            # windows do not overlap: a reshape is enough
            tiles = x.reshape(N, C, H // kh, kh, W // kw, kw)
            return tiles.transpose(3, 4).flatten(4).max(dim=4)[0]
        tiles = x.unfold(2, kh, sh).unfold(3, kw, sw)
        return tiles.flatten(4).max(dim=4)[0]
