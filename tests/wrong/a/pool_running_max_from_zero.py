# question: q3
# fault: the running maximum starts at 0 instead of minus infinity
# name: maximum-from-zero
import torch
from torch import nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = kernel_size if stride is None else stride
        self.p = padding

    def forward(self, x):
        N, C, H, W = x.shape
        p, k, s = self.p, self.k, self.s
        big = torch.full((N, C, H + 2 * p, W + 2 * p), -math_inf, dtype=x.dtype, device=x.device)
        big[:, :, p:H + p, p:W + p] = x
        oh, ow = (H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1

        champion = torch.zeros((N, C, oh, ow), dtype=x.dtype, device=x.device)
        for dy in range(k):
            for dx in range(k):
                challenger = big[:, :, dy:dy + s * (oh - 1) + 1:s, dx:dx + s * (ow - 1) + 1:s]
                champion = torch.where(challenger > champion, challenger, champion)
        return champion


math_inf = float('inf')
