# question: q1
# fault: the loop over input features stops one short, so the last feature is never used
# name: last-input-missing
# fault: the accumulator is created as float32, whatever the dtype of the input, and added to in place
# name: -
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.bias = None
        if bias:
            bnd = 1 / math.sqrt(in_features)
            self.bias = nn.Parameter(torch.empty(out_features))
            nn.init.uniform_(self.bias, -bnd, bnd)

    def forward(self, x):
        out_f, in_f = self.weight.size()
        acc = torch.zeros(list(x.shape[:-1]) + [out_f], device=x.device)
        for i in range(in_f - 1):
            acc += x[..., i, None] * self.weight[:, i]
        if self.bias is not None:
            acc += self.bias
        return acc
