# questions: q3
# may lose: q3 10

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        x = F.pad(x, (self.p,) * 4, value=float('-inf'))
        return x.unfold(2, self.k, self.s).unfold(3, self.k, self.s).flatten(4).max(-1)[0]
