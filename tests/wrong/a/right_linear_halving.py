# question: q1
import math
import torch
import torch.nn as nn


def _tree_sum(t):
    """add up the last axis by folding it in halves (only slices and +)"""
    while t.shape[-1] > 1:
        n = t.shape[-1]
        half = n // 2
        folded = t[..., :half] + t[..., half:2 * half]
        t = folded if n % 2 == 0 else torch.cat([folded, t[..., -1:]], dim=-1)
    return t.squeeze(-1)


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(self.bias, -1 / math.sqrt(self.in_features), 1 / math.sqrt(self.in_features))

    def forward(self, x):
        products = x.unsqueeze(-2) * self.weight              # (..., out, in)
        y = _tree_sum(products)
        return y if self.bias is None else y + self.bias
