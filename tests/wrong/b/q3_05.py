# question: q3
# fault: the indices of the maxima are returned instead of their values
# name: indices-returned
import torch
from torch import nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.size = kernel_size
        self.step = stride or kernel_size
        self.border = padding

    def surround(self, t):
        if self.border == 0:
            return t
        n, c, h, w = t.shape
        b = self.border
        framed = t.new_full((n, c, h + 2 * b, w + 2 * b), float("-inf"))
        framed[..., b:b + h, b:b + w] = t
        return framed

    def forward(self, x):
        x = self.surround(x)
        blocks = x.unfold(2, self.size, self.step).unfold(3, self.size, self.step)
        blocks = blocks.contiguous().view(*blocks.shape[:4], self.size * self.size)
        _, pooled = blocks.max(dim=-1)
        return pooled
