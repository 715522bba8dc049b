# question: q1
# fault: the leading dimensions are flattened and not restored, so only a two-dimensional input gets the right shape back
# name: leading-dimensions-flattened
# fault: the product is divided by the square root of the number of input features
# name: products-scaled
# fault: the weight is detached, so it gets no gradient
# name: weight-detached

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    """Fully connected layer.  x: (..., in), returns (..., out)."""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        scale = 1 / math.sqrt(self.in_features)
        x2 = x.reshape(-1, self.in_features)
        y = torch.einsum('bi,oi->bo', x2, self.weight.detach()) * scale
        if self.bias is not None:
            y = y + self.bias
        return y
