# question: q1
# fault: the features are summed in blocks of four and the features left over after the last full block are dropped
# name: last-input-missing

import math
import torch
import torch.nn as nn

BLOCK = 4


class CustomLinear(nn.Module):
    """blocked multiplication, so that the operands stay in the cache"""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.zeros(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            k = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -k, k)

    def forward(self, x):
        acc = x.new_zeros(*x.shape[:-1], self.out_features)
        n_blocks = self.in_features // BLOCK
        for b in range(n_blocks):
            cols = slice(b * BLOCK, (b + 1) * BLOCK)
            acc = acc + torch.einsum('...i,oi->...o', x[..., cols], self.weight[:, cols])
        if self.bias is None:
            return acc
        return acc + self.bias
