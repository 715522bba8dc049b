# question: q1
# fault: every dimension after the first is flattened into the features, so only 2-D input keeps its meaning
# name: input-flattened
# fault: the input is reshaped with view, which fails when it is not contiguous
# name: linear-strided-view
import math

import torch
import torch.nn as nn


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.in_features
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        first = x.shape[:1]
        x = x.view(x.size(0), -1)              # (N, features)
        prod = torch.einsum("nf,of->on", x, self.weight)
        y = prod.t()
        if self.bias is not None:
            y = y + self.bias.expand_as(y)
        return y.reshape(first + (self.out_features,))
