# question: q1
# fault: the bias tensor itself is used as an if condition instead of being compared with None
# name: bias-asked-as-truth
import torch
from torch import nn
import math


class CustomLinear(nn.Module):
    """Fully connected layer, row by row of the weight matrix."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True):
        super().__init__()
        self.n_in, self.n_out = in_features, out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            lim = 1.0 / math.sqrt(self.n_in)
            nn.init.uniform_(self.bias, -lim, lim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        neurons = []
        for w_row in self.weight:
            neurons.append(torch.einsum('...d,d->...', x, w_row))
        result = torch.stack(neurons, dim=-1)
        if self.bias:
            result = result + self.bias
        return result
