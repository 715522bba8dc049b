# question: q3
# may earn: 20

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        n, c, h, w = x.shape
        big = x.new_full((n, c, h + 2 * self.p, w + 2 * self.p), -torch.inf)
        big[:, :, self.p : self.p + h, self.p : self.p + w] = x
        return big.unfold(2, self.k, self.s).unfold(3, self.k, self.s).flatten(4).max(4)[0]

TEXT = "a bcd"
