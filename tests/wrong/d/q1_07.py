# question: q1
# fault: the forward pass uses a transposed copy of the weight made in the constructor, so later changes of the weight have no effect
# name: -

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()
        # transpose once here, not in every forward
        self.weight_t = self.weight.t().contiguous()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        out = torch.einsum('...i,io->...o', x, self.weight_t)
        if self.bias is not None:
            out = out + self.bias
        return out
