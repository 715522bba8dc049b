"""
Declaration: I did not use any AI technologies in preparing or writing up this assignment.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


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
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        y = x @ self.weight.T
        if self.bias is not None:
            y = y + self.bias
        return y


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.in_channels * self.kernel_size**2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        x = F.pad(x, (self.padding, self.padding, self.padding, self.padding))
        N = x.shape[0]
        H2 = (x.shape[2] - self.kernel_size) // self.stride + 1
        W2 = (x.shape[3] - self.kernel_size) // self.stride + 1
        cols = F.unfold(x, kernel_size=(self.kernel_size, self.kernel_size), stride=self.stride)
        w = self.weight.reshape(self.out_channels, -1)
        y = w @ cols
        y = y.reshape(N, self.out_channels, H2, W2)
        y = y + self.bias.reshape(1, self.out_channels, 1, 1)
        return y


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        x = F.pad(x, (self.padding, self.padding, self.padding, self.padding), value=float("-inf"))
        N, C = x.shape[0], x.shape[1]
        H2 = (x.shape[2] - self.kernel_size) // self.stride + 1
        W2 = (x.shape[3] - self.kernel_size) // self.stride + 1
        cols = F.unfold(x, kernel_size=(self.kernel_size, self.kernel_size), stride=self.stride)
        cols = cols.reshape(N, C, self.kernel_size * self.kernel_size, H2, W2)
        return cols.max(dim=2)[0]


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        log_z = logits.logsumexp(dim=1)
        z_t = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
        L = log_z - z_t
        if self.reduction == "none":
            return L
        if self.reduction == "sum":
            return L.sum()
        return L.mean()
