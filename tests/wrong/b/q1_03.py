# question: q1
# fault: bias=False is not handled, None is added to the output
# name: missing-bias-added
# fault: the einsum subscripts accept two-dimensional input only
# name: two-dimensions-only
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = None
        if bias == True:
            self.bias = nn.Parameter(torch.empty(out_features))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.weight.size(1)
            nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        W, b = self.weight, self.bias
        return torch.einsum('bi,oi->bo', x, W) + b
