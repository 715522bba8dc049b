# question: q1
# fault: `if self.bias:` takes the truth value of the bias tensor instead of testing for None
# name: bias-asked-as-truth
import torch
from torch import nn
from math import sqrt


class CustomLinear(nn.Module):
    """ y = x W^T + b """

    def __init__(self, in_features: int, out_features: int, bias: bool = True):
        super().__init__()
        k = 1.0 / sqrt(in_features)
        self.weight = nn.Parameter((torch.rand(out_features, in_features) * 2 - 1) * k)
        self.bias = nn.Parameter((torch.rand(out_features) * 2 - 1) * k) if bias else None

    def forward(self, x):
        rows = []
        for w_row in self.weight:              # one output neuron at a time
            rows.append(torch.einsum('...i,i->...', x, w_row))
        result = torch.stack(rows, dim=-1)
        if self.bias:
            result = result + self.bias
        return result
