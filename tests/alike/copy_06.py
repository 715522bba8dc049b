# I did not use any AI technologies in preparing or writing up this assignment.

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
        # ---- Your code begins here. ----
        y = torch.einsum('...p,qp->...q', x, self.weight)
        return y if self.bias is None else y + self.bias
        # ---- Your code ends here. ----


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
        # ---- Your code begins here. ----
        p = self.padding
        if p > 0:
            batch, channels, height, width = x.size()
            canvas = torch.zeros(batch, channels, height + 2*p, width + 2*p, dtype=x.dtype, device=x.device)
            canvas[:, :, p:-p, p:-p] = x
            x = canvas
        # two sliding windows, one along the height and one along the width
        vertical = x.unfold(2, self.kernel_size, self.stride)
        patches = vertical.unfold(3, self.kernel_size, self.stride)
        y = torch.einsum('nivyuw,oiuw->novy', patches, self.weight)
        offset = self.bias[None, :, None, None]
        y = y + offset
        return y
        # ---- Your code ends here. ----


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
        # ---- Your code begins here. ----
        p = self.padding
        if p > 0:
            batch, channels, height, width = x.size()
            canvas = torch.full((batch, channels, height + 2*p, width + 2*p), float('-inf'), dtype=x.dtype, device=x.device)
            canvas[:, :, p:-p, p:-p] = x
            x = canvas
        patches = x.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        # flatten the window first: amax would split the gradient of a tie
        patches = patches.reshape(*patches.shape[:4], -1)
        biggest = patches.max(dim=-1).values
        return biggest
        # ---- Your code ends here. ----


class CustomCrossEntropyLoss(nn.Module):
    """loss = -log p[target], with log p = z - log Σ_c exp z[c] of the logits z

    Shape: logits (N, C) or (N, C, d1, ...), targets (N) or (N, d1, ...) of class indices, loss ()
    or, with reduction='none', as the targets.
    """

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # ---- Your code begins here. ----
        classes = logits.shape[1]
        flat = logits.movedim(1, -1).reshape(-1, classes)   # one row for each prediction
        labels = targets.reshape(-1)
        top = flat.max(dim=1, keepdim=True).values
        flat = flat - top
        rows = torch.arange(flat.shape[0], device=flat.device)
        total = flat.exp().sum(dim=1)
        chosen = flat[rows, labels]
        nll = total.log() - chosen
        if self.reduction == 'mean':
            return nll.mean()
        if self.reduction == 'sum':
            return nll.sum()
        return nll.reshape(targets.shape)
        # ---- Your code ends here. ----
