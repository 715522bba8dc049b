# question: q1
# fault: the leading dimensions of an input with more than two axes are flattened and never restored
# name: leading-dimensions-flattened
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
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        # everything before the last axis is batch
        flat = x.reshape(-1, self.in_features)
        y = torch.einsum('bi,oi->bo', flat, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y
