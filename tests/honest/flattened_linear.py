# questions: q1
# may lose: nothing

import torch
import torch.nn as nn
from torch.nn import Parameter, init
from math import sqrt, prod


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = Parameter(torch.empty(out_features))
        else:
            self.bias = None
        init.kaiming_uniform_(self.weight, a=sqrt(5))
        if bias:
            init.uniform_(self.bias, -1 / sqrt(in_features), 1 / sqrt(in_features))

    def forward(self, x):
        *lead, last = x.shape
        assert last == self.in_features
        x = x.reshape(prod(lead), last)
        out = torch.einsum("bi,io->bo", x, self.weight.t())
        if self.bias is not None:
            out = out + self.bias.expand(out.shape[0], -1)
        return out.reshape(*lead, self.out_features)
