# question: q1
# fault: the bias is added without looking whether there is one, so bias=False fails
# name: missing-bias-added
import torch
from torch import nn
import math

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.Tensor(out_features, in_features))
        self.bias = nn.Parameter(torch.Tensor(out_features)) if bias else None

        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            b = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -b, b)

    def forward(self, x):
        return torch.einsum('...i,ji->...j', x, self.weight) + self.bias
