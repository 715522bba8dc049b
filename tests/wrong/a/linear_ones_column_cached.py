# question: q1
# fault: the ones vector that spreads the bias over the rows is built on the first call and reused, so a later call with another number of rows fails
# name: -
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.bias = None
        self.ones = None            # for the bias, filled in lazily
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            b = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -b, b)

    def forward(self, x):
        lead = x.shape[:-1]
        rows = x.reshape(-1, self.in_features)
        out = torch.einsum('bi,ji->bj', rows, self.weight)
        if self.bias is not None:
            if self.ones is None:
                self.ones = torch.ones(rows.shape[0], dtype=x.dtype, device=x.device)
            out = out + torch.einsum('b,j->bj', self.ones, self.bias)
        return out.reshape(*lead, self.out_features)
