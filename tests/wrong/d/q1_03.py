# question: q1
# fault: the products are added in place to an expanded view of the bias, which PyTorch refuses with an exception
# name: added-in-place-to-bias

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.n_in, self.n_out = in_features, out_features
        self.weight = nn.Parameter(torch.empty((out_features, in_features)))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.bias = None
        if bias:
            b = 1.0 / math.sqrt(in_features)
            self.bias = nn.Parameter(torch.empty(out_features).uniform_(-b, b))

    def forward(self, x):
        # start from the bias of every sample and add the features one by one
        size = tuple(x.shape[:-1]) + (self.n_out,)
        if self.bias is not None:
            y = self.bias.expand(size)
        else:
            y = torch.zeros(size, dtype=x.dtype, device=x.device)
        for i in range(self.n_in):
            y += x[..., i : i + 1] * self.weight[:, i]
        return y
