# question: q1
# fault: the input is flattened with view, which raises for a tensor that is not contiguous
# name: linear-strided-view
# fault: the result is collected in a float32 tensor, so double precision inputs give a single precision output
# name: -

import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            std = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -std, std)

    def forward(self, x):
        *batch, _ = x.shape
        samples = x.view(-1, self.in_features)
        result = torch.zeros(len(samples), self.out_features)
        for j in range(self.out_features):
            result[:, j] = torch.einsum('ni,i->n', samples, self.weight[j])
            if self.bias is not None:
                result[:, j] = result[:, j] + self.bias[j]
        return result.view(*batch, self.out_features)
