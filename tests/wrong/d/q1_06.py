# question: q1
# fault: a one-dimensional input is given its batch dimension in place, which changes the caller's tensor or raises when it needs a gradient
# name: -

import math

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            r = 1 / math.sqrt(self.weight.size(1))
            nn.init.uniform_(self.bias, -r, r)

    def forward(self, x):
        single = x.dim() == 1
        if single:
            x.unsqueeze_(0)
        rows = [torch.einsum("...i,i->...", x, w) for w in self.weight]
        y = torch.stack(rows, dim=-1)
        if self.bias is not None:
            y = y + self.bias
        return y[0] if single else y
