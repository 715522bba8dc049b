# question: q1
# fault: the constructor tests `bias is not None`, so bias=False still makes and adds a bias
# name: bias-in-any-case
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1.0 / math.sqrt(in_features)
        w = torch.empty(out_features, in_features)
        nn.init.kaiming_uniform_(w, a=math.sqrt(5))
        self.weight = nn.Parameter(w)
        if bias is not None:
            self.bias = nn.Parameter(torch.empty(out_features))
            nn.init.uniform_(self.bias, -bound, bound)
        else:
            self.bias = None

    def forward(self, x):
        # one output unit at a time:  y_j = sum_i w_ji x_i + w_j0
        units = []
        for j, w_j in enumerate(self.weight.unbind(0)):
            y_j = torch.einsum('...i,i->...', x, w_j)
            if self.bias is not None:
                y_j = y_j + self.bias[j]
            units.append(y_j)
        return torch.stack(units, dim=-1)
