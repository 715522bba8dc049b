# question: q1
# fault: the sum over the inputs starts at index 1, the first input feature is left out
# name: first-input-missing
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    """ y_j = sum_{i=1}^{n} w_ji * x_i + w_j0 """

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.n = in_features
        self.m = out_features
        self.weight = nn.Parameter(torch.empty(self.m, self.n))
        self.bias = nn.Parameter(torch.empty(self.m)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(self.bias, -1 / math.sqrt(self.n), 1 / math.sqrt(self.n))

    def forward(self, x):
        ys = []
        for j in range(self.m):
            y_j = torch.zeros_like(x[..., 0])
            for i in range(1, self.n):
                y_j = y_j + self.weight[j, i] * x[..., i]
            if self.bias is not None:
                y_j = y_j + self.bias[j]
            ys.append(y_j)
        return torch.stack(ys, dim=-1)
