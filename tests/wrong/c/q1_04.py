# question: q1
# fault: super().__init__() is missing from the constructor
# name: linear-super-forgotten
import math

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.bias = None
        if bias:
            r = 1 / math.sqrt(in_features)
            self.bias = nn.Parameter(torch.empty(out_features).uniform_(-r, r))

    def forward(self, x):
        wt = self.weight.transpose(0, 1)
        out = torch.einsum('...i,io->...o', x, wt)
        return out if self.bias is None else out + self.bias
