# question: q3
# fault: only the top and the left are padded, not the bottom and the right
# name: pool-padding-one-sided
# fault: the default stride is 1 instead of kernel_size
# name: stride-one-by-default
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        self.stride = 1 if stride is None else stride
        self.padding = padding

    def forward(self, x):
        k, s, p = self.kernel_size, self.stride, self.padding
        N, C, H, W = x.shape
        padded_h, padded_w = H + p, W + p
        xp = torch.full((N, C, padded_h, padded_w), -torch.inf, dtype=x.dtype, device=x.device)
        xp[:, :, p:p + H, p:p + W] = x
        xp = xp.contiguous()
        sn, sc, sh, sw = xp.stride()
        ho, wo = (padded_h - k) // s + 1, (padded_w - k) // s + 1
        win = xp.as_strided((N, C, ho, wo, k, k), (sn, sc, sh * s, sw * s, sh, sw))
        return win.reshape(N, C, ho, wo, -1).max(-1).values
