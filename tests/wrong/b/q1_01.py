# question: q1
# fault: the weight is created with shape (in_features, out_features) instead of (out_features, in_features)
# name: weight-not-transposed
import math
import torch
import torch.nn as nn

# I did not use any AI technologies in preparing or writing up this assignment.


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(in_features, out_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.register_parameter("bias", None)
        bound = 1 / math.sqrt(in_features)
        nn.init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        # y = x W + b
        y = torch.einsum("...i,io->...o", x, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y
