# questions: q1 q3
# may lose: nothing

import math
import torch
from torch import Tensor
import torch.nn as nn
import torch.nn.functional as F

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            bound = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.einsum("...i,oi->...o", x, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride if stride is not None else kernel_size, padding

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        if p > 0:
            padded = torch.full((n, c, h + 2 * p, w + 2 * p), float("-inf"), dtype=x.dtype, device=x.device)
            padded[:, :, p:p + h, p:p + w] = x
            x = padded
        win = x.unfold(2, k, s).unfold(3, k, s)
        return torch.Tensor.contiguous(win).view(*win.shape[:4], -1).max(dim=-1)[0]
