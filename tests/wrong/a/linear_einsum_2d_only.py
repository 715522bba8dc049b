# question: q1
# fault: the einsum subscripts are written for 2-D input only (ni,oi->no), so inputs with fewer or more dimensions fail
# name: two-dimensions-only
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    """y = x A^T + b"""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(self.bias, -1 / math.sqrt(in_features), 1 / math.sqrt(in_features))

    def forward(self, x):
        y = torch.einsum('ni,oi->no', x, self.weight)
        if self.bias is None:
            return y
        return y + self.bias
