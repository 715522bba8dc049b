# question: q1
# fault: the weight parameter has shape (in_features, out_features) instead of (out_features, in_features)
# name: weight-not-transposed
# fault: bias=False is ignored, a bias is always created and added
# name: bias-in-any-case
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.n_in = in_features
        self.n_out = out_features
        self.weight = nn.Parameter(torch.empty(in_features, out_features))
        self.bias = nn.Parameter(torch.empty(out_features))
        self.init_params()

    def init_params(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        stdv = 1. / math.sqrt(self.n_in)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -stdv, stdv)

    def forward(self, x):
        # x: (..., in)   weight: (in, out)
        scores = torch.einsum("...k,kj->...j", x, self.weight)
        if self.bias is not None:
            scores += self.bias
        return scores
