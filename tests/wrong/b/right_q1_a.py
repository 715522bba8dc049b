# question: q1
import math
import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    """The bias is one more column of the weight, fed by a constant one."""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.register_parameter('bias', nn.Parameter(torch.empty(out_features)) if bias else None)
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            nn.init.uniform_(self.bias, -1 / math.sqrt(in_features), 1 / math.sqrt(in_features))

    def forward(self, x):
        W = self.weight
        if self.bias is not None:
            W = torch.cat([W, self.bias.unsqueeze(1)], dim=1)
            x = torch.cat([x, torch.ones_like(x[..., :1])], dim=-1)
        return torch.einsum('...k,ok->...o', x, W)
