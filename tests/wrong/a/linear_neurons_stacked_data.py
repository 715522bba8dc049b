# question: q1
# fault: the weights are read through .data, so no gradient reaches them
# name: weight-detached
# fault: the output units are stacked along dimension 1 instead of the last one
# name: -
import torch
import torch.nn as nn
import math


class Neuron:
    """one unit of the layer: knows its row of weights and its bias"""

    def __init__(self, row, b):
        self.row = row
        self.b = b

    def __call__(self, x):
        s = 0
        parts = x.split(1, dim=-1)
        for value, w in zip(parts, self.row):
            s = s + value.squeeze(-1) * w
        return s if self.b is None else s + self.b


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        rows = self.weight.data
        neurons = [Neuron(rows[k], None if self.bias is None else self.bias[k]) for k in range(self.out_features)]
        return torch.stack([n(x) for n in neurons], dim=1)
