# question: q1
# fault: the output is a new tensor made of Python numbers, so no gradient flows back
# name: linear-output-detached linear-input-detached weight-detached bias-detached
# fault: only inputs of shape (N, in) are handled
# name: two-dimensions-only
import torch
import torch.nn as nn
import math

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias = True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.bias = None
        nn.init.kaiming_uniform_(self.weight, a = math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(self.bias, -1/math.sqrt(in_features), 1/math.sqrt(in_features))

    def forward(self, x):
        N, D = x.shape
        result = []
        for n in range(N):
            row = []
            for j in range(self.out_features):
                s = 0.0
                for i in range(D):
                    s += x[n, i].item() * self.weight[j, i].item()
                if self.bias is not None:
                    s += self.bias[j].item()
                row.append(s)
            result.append(row)
        return torch.tensor(result, dtype=x.dtype, device=x.device)
