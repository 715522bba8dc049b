# question: q1
# fault: the column of ones is put before the features, but the bias after the weights, so every weight meets the wrong feature
# name: bias-column-misplaced

import math

import torch
import torch.nn as nn


class CustomLinear(nn.Module):
    """y = [1, x] . [W, b]: the bias is folded into the weight (homogeneous coordinates)."""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        if self.bias is None:
            return torch.einsum("...i,ji->...j", x, self.weight)
        ones = torch.ones(x.shape[:-1] + (1,), dtype=x.dtype, device=x.device)
        x_aug = torch.cat([ones, x], dim=-1)
        w_aug = torch.cat([self.weight, self.bias.unsqueeze(1)], dim=1)
        return torch.einsum("...i,ji->...j", x_aug, w_aug)
