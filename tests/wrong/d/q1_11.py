# question: q1
# fault: the sum starts at feature 1 as in the formula and so leaves out feature 0
# name: first-input-missing
# fault: the bias is added once for every feature inside the loop instead of once at the end
# name: linear-bias-twice

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    # y_j = sum_{i=1}^{n} w_ji x_i + w_j0

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.n = in_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bnd = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bnd, bnd)

    def forward(self, x):
        w = self.weight
        total = torch.zeros_like(x[..., :1] * w[:, 0])
        for i in range(1, self.n):
            total = total + x[..., i].unsqueeze(-1) * w[:, i]
            if self.bias is not None:
                total = total + self.bias
        return total
