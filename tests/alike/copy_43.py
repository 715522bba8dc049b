"""
Assignment 3, layers.py

I did not use any AI technologies in preparing or writing up this assignment.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        c = logits.shape[1]
        # N x C x d1 x ...  ->  all x C
        flat = logits.flatten(2) if logits.dim() > 2 else logits.unsqueeze(2)
        flat = flat.transpose(1, 2).reshape(-1, c)
        t = targets.reshape(-1, 1)
        flat = flat - torch.max(flat, dim=1, keepdim=True)[0]
        nll = torch.log(torch.exp(flat).sum(dim=1, keepdim=True)) - torch.gather(flat, 1, t)
        nll = nll.view(targets.shape)
        if self.reduction == "sum":
            return nll.sum()
        elif self.reduction == "none":
            return nll
        return nll.mean()


def out_hw(x, kernel_size, stride, padding):
    result = []
    for length in x.shape[2:]:
        result.append((length + 2 * padding - kernel_size) // stride + 1)
    return result


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        b, c, h, w = x.shape
        h_out, w_out = out_hw(x, self.kernel_size, self.stride, self.padding)
        # glue -inf to the left and right, then to the top and bottom
        lr = x.new_full((b, c, h, self.padding), -math.inf)
        x = torch.cat([lr, x, lr], dim=3)
        tb = x.new_full((b, c, self.padding, x.shape[3]), -math.inf)
        x = torch.cat([tb, x, tb], dim=2)
        # b * c pictures with one channel each
        x = x.flatten(0, 1).unsqueeze(1)
        u = F.unfold(x, self.kernel_size, stride=self.stride)
        return u.max(dim=1)[0].view(b, c, h_out, w_out)


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
        h_out, w_out = out_hw(x, self.kernel_size, self.stride, self.padding)
        u = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        # one row per window
        u = u.permute(0, 2, 1).flatten(0, 1)
        k = self.weight.flatten(1).transpose(0, 1)
        u = torch.einsum("pf,fk->pk", u, k) + self.bias[None]
        u = u.view(x.shape[0], h_out, w_out, self.out_channels)
        return u.movedim(3, 1)


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
        new_shape = x.shape[:-1] + (self.out_features,)
        flat = x.reshape(-1, self.in_features)
        flat = torch.einsum("bf,fk->bk", flat, self.weight.transpose(0, 1))
        if self.bias is not None:
            flat = flat + self.bias[None]
        return flat.view(new_shape)
