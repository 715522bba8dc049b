"""B, q1: torch.autograd.Function is recorded where .apply is *read*, not where it is called, and what is recorded
while the file loads is thrown away. `linear = LinearFunction.apply` at module level, the idiom of torch's own
documentation, costs nothing.
"""

# question: q1
# may earn: 10
# witness: no
# kind: hidden
import math

import torch
import torch.nn as nn


class LinearFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return torch.einsum("...i,oi->...o", x, w)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return torch.einsum("...o,oi->...i", g, w), torch.einsum("...o,...i->oi", g, x)


linear = LinearFunction.apply


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))

    def forward(self, x):
        y = linear(x, self.weight)
        return y if self.bias is None else y + self.bias
