# question: q1
import math
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.d_in, self.d_out = in_features, out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.zeros(out_features))
        else:
            self.bias = None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(self.bias, -self.d_in ** -0.5, self.d_in ** -0.5)

    def forward(self, x):
        # outer products, one input feature after another
        total = 0
        for feature, column in zip(x.unbind(-1), self.weight.unbind(1)):
            total = total + feature.unsqueeze(-1) * column
        if self.bias is None:
            return total
        return self.bias + total
