"""Says what it is made of as torch's own layers do, by its __dict__, and prints one layer."""

# questions: q1
# may lose: nothing

import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None

    def forward(self, x):
        y = torch.einsum("...i,oi->...o", x, self.weight)
        return y if self.bias is None else y + self.bias

    def extra_repr(self):
        return "in_features={in_features}, out_features={out_features}".format(**self.__dict__)


print(CustomLinear(3, 2))
