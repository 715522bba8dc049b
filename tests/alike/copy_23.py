"""
CustomLinear, CustomConv2D, CustomMaxPool2D and CustomCrossEntropyLoss.

I acknowledge the use of ChatGPT (https://chatgpt.com) to generate initial ideas for background research in the
drafting of this assignment. I used it to understand broadcasting.
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
        # the bias is one more weight, of an input that is always 1
        w = self.weight
        if self.bias is not None:
            w = torch.cat([w, self.bias.unsqueeze(1)], dim=1)
            x = torch.cat([x, torch.ones_like(x[..., :1])], dim=-1)
        return torch.einsum("oi,...i->...o", w, x)


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
        p = self.padding
        padded = F.pad(x, (p, p, p, p))
        n = padded.shape[0]
        new_h = (padded.shape[2] - self.kernel_size) // self.stride + 1
        new_w = (padded.shape[3] - self.kernel_size) // self.stride + 1
        cols = F.unfold(padded, kernel_size=(self.kernel_size, self.kernel_size), stride=self.stride)
        filters = self.weight.reshape(self.out_channels, -1)
        out = torch.einsum("ok,nkl->nol", filters, cols)
        out = out.reshape(n, self.out_channels, new_h, new_w)
        return out + self.bias.reshape(1, self.out_channels, 1, 1)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        p = self.padding
        padded = F.pad(x, (p, p, p, p), value=float("-inf"))
        n, c = padded.shape[0], padded.shape[1]
        new_h = (padded.shape[2] - self.kernel_size) // self.stride + 1
        new_w = (padded.shape[3] - self.kernel_size) // self.stride + 1
        cols = F.unfold(padded, kernel_size=(self.kernel_size, self.kernel_size), stride=self.stride)
        cols = cols.reshape(n, c, self.kernel_size * self.kernel_size, new_h, new_w)
        out = torch.max(cols, dim=2)[0]
        return out


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        scale = logits.detach().max(1, keepdim=True).values
        weights = (logits - scale).exp()
        z = weights.sum(1, keepdim=True).log() + scale
        surprise = (z - logits).swapaxes(0, 1)          # C, N, ...
        one_per_item = targets.unsqueeze(0)
        chosen = torch.take_along_dim(surprise, one_per_item, dim=0)[0]
        if self.reduction != "none":
            count = chosen.numel() if self.reduction == "mean" else 1
            chosen = chosen.sum() / count
        return chosen
