# question: q1
# fault: the bias is a row of shape (1, out) instead of a vector of shape (out)
# name: linear-bias-of-another-shape

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.rand(out_features, in_features) * 2 * bound - bound)
        if bias:
            self.bias = nn.Parameter(torch.rand(1, out_features) * 2 * bound - bound)
        else:
            self.bias = None

    def forward(self, x):
        # (..., 1, in) x (out, in)
        y = torch.einsum('...ui,oi->...o', x[..., None, :], self.weight)
        return y if self.bias is None else y + self.bias
