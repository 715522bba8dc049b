# question: q1
# fault: __init__ does not call super().__init__() before it assigns parameters
# name: linear-super-forgotten
import math

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        self.in_dim = in_features
        self.out_dim = out_features
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            r = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -r, r)

    def forward(self, x):
        wt = self.weight.transpose(0, 1)
        z = torch.einsum('...a,ab->...b', x, wt)
        return z if self.bias is None else z + self.bias
