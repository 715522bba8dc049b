# question: q1

import math
import torch
import torch.nn as nn


def dot(u, v):
    """sum of u[..., k] * v[k], halving the vectors until one element is left"""
    n = v.shape[0]
    if n == 1:
        return u[..., 0] * v[0]
    h = n // 2
    return dot(u[..., :h], v[:h]) + dot(u[..., h:], v[h:])


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        s = 1.0 / math.sqrt(in_features)
        self.weight = nn.Parameter((torch.rand(out_features, in_features) * 2 - 1) * s)
        self.bias = nn.Parameter((torch.rand(out_features) * 2 - 1) * s) if bias else None

    def forward(self, x):
        columns = []
        for j, w in enumerate(self.weight.unbind(0)):
            c = dot(x, w)
            if self.bias is not None:
                c = c + self.bias[j]
            columns.append(c)
        return torch.stack(columns, dim=-1)
