# question: q1
# fault: the weight is brought to (in, out) with reshape instead of a transpose, which mixes up its entries
# name: transposed-weight weight-not-transposed
# fault: bias=False is not handled in forward, None is added to the output
# name: missing-bias-added
import math
import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_dim = in_features
        self.out_dim = out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.zeros(out_features))
        else:
            self.bias = None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            r = 1 / math.sqrt(self.in_dim)
            nn.init.uniform_(self.bias, -r, r)

    def forward(self, x):
        W = self.weight.reshape(self.in_dim, self.out_dim)
        out = torch.einsum('...d,dk->...k', [x, W])
        out = out + self.bias
        return out
