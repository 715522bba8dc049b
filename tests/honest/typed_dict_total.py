"""Options as a TypedDict of which all keys may be left out."""

# questions: q1
# may lose: nothing

from typing import TypedDict

import torch
from torch import nn


class Options(TypedDict, total=False):
    bias: bool


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        options: Options = {"bias": bias}
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if options["bias"] else None

    def forward(self, x):
        y = torch.einsum("...i,oi->...o", x, self.weight)
        return y if self.bias is None else y + self.bias
