# question: q1
# fault: the input is flattened to (-1, in) and the output never gets the leading dimensions back
# name: leading-dimensions-flattened
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.empty((out_features, in_features)))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            k = 1.0 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -k, k)

    def forward(self, x):
        # make it 2D so that it works for any number of dims
        x_flat = x.reshape(-1, self.in_features)
        y = torch.einsum('nd,md->nm', x_flat, self.weight)
        if self.bias is not None:
            y = y + self.bias.reshape(1, -1)
        return y
