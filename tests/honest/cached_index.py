# questions: q3
# may lose: nothing

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        N, C, H, W = x.size()
        big = x.new_full((N, C, H + 2 * self.p, W + 2 * self.p), -torch.inf)
        big[..., self.p:self.p + H, self.p:self.p + W] = x
        ho = (H + 2 * self.p - self.k) // self.s + 1
        wo = (W + 2 * self.p - self.k) // self.s + 1
        i = torch.arange(self.k)[None, :] + torch.arange(ho)[:, None] * self.s
        j = torch.arange(self.k)[None, :] + torch.arange(wo)[:, None] * self.s
        win = big[:, :, i[:, None, :, None], j[None, :, None, :]]
        return win.reshape(N, C, ho, wo, -1).amax(dim=-1)
