import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    """y = x Wᵀ + b

    Shape: x (..., in_features), y (..., out_features), weight (out_features, in_features),
    bias (out_features,) or None.
    """

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
        y = torch.einsum('...j,kj->...k', x, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y


class CustomConv2D(nn.Module):
    """y[n, o, i, j] = b[o] + Σ_c,u,v weight[o, c, u, v] · padded[n, c, s·i + u, s·j + v]

    k is the kernel's size, s the stride and p the padding, of zeros.

    Shape: x (N, C, H, W), y (N, O, H_out, W_out), weight (O, C, k, k), bias (O,), where
    H_out = floor((H + 2·p - k) / s) + 1, and W_out likewise.
    """

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
        p, k, s = self.padding, self.kernel_size, self.stride
        if p != 0:
            batch, channels, height, width = x.size()
            canvas = torch.zeros(batch, channels, height + 2*p, width + 2*p, dtype=x.dtype, device=x.device)
            canvas[:, :, p:-p, p:-p] = x
            x = canvas
        patches = x.unfold(2, k, s).unfold(3, k, s)
        y = torch.einsum('bchwij,ocij->bohw', patches, self.weight)
        return y + self.bias.reshape(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):
    """y[n, c, i, j] = max_u,v padded[n, c, s·i + u, s·j + v]

    k is the window's size, s the stride, which is k unless it is given, and p the padding.

    Shape: x (N, C, H, W), y (N, C, H_out, W_out), where H_out = floor((H + 2·p - k) / s) + 1, and
    W_out likewise.
    """

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        p, k, s = self.padding, self.kernel_size, self.stride
        if p != 0:
            batch, channels, height, width = x.size()
            canvas = torch.full((batch, channels, height + 2*p, width + 2*p), -math.inf, dtype=x.dtype, device=x.device)
            canvas[:, :, p:-p, p:-p] = x
            x = canvas
        patches = x.unfold(2, k, s).unfold(3, k, s)
        patches = patches.flatten(4)
        return patches.max(dim=-1).values


class CustomCrossEntropyLoss(nn.Module):
    """loss = -log p[target], with log p = z - log Σ_c exp z[c] of the logits z

    Shape: logits (N, C) or (N, C, d1, ...), targets (N) or (N, d1, ...) of class indices, loss ()
    or, with reduction='none', as the targets.
    """

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        flat = torch.movedim(logits, 1, -1).flatten(0, -2)
        labels = targets.flatten()
        flat = flat - flat.max(dim=1, keepdim=True).values
        rows = torch.arange(flat.shape[0], device=flat.device)
        nll = flat.exp().sum(dim=1).log() - flat[rows, labels]
        if self.reduction == 'none':
            return nll.view(targets.size())
        return nll.sum() if self.reduction == 'sum' else nll.mean()
