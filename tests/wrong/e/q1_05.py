# question: q1
# fault: the weight (out, in) is multiplied as if it were (in, out), it is not transposed
# name: weight-not-transposed transposed-weight
import torch
import torch.nn as nn
import math

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.bias = None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            bound = 1/math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        output = torch.einsum('...i,ij->...j', input, self.weight)
        if self.bias is not None:
            output += self.bias
        return output
