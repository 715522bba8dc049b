# question: q1
# fault: dimensions of size one are squeezed out of the output, so one sample or one output feature gives the wrong shape
# name: linear-squeezed
# fault: for inputs that are not two-dimensional the bias is left out
# name: -

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.weight.shape[1])
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        try:
            n, d = x.shape
            out = torch.einsum('nd,od->no', x, self.weight)
            if self.bias is not None:
                out = out + self.bias.reshape(1, -1)
            out = out.squeeze()
        except ValueError:
            # not a matrix
            out = torch.einsum('...d,od->...o', x, self.weight)
        return out
