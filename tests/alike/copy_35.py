"""Four layers of a convolutional network.

I did not use any AI technologies in preparing or writing up this assignment.
"""

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
        if self.bias is not None:
            return torch.einsum("...f,of->...o", x, self.weight) + self.bias
        return torch.einsum("...f,of->...o", x, self.weight)
        # ---- Your code ends here. ----


class CustomConv2D(nn.Module):
    """y[n, o, i, j] = b[o] + Σ_c,u,v weight[o, c, u, v] · xp[n, c, s·i + u, s·j + v]

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
        N, C, H, W = x.shape
        K, S, P = self.kernel_size, self.stride, self.padding
        Ho = (H - K + 2 * P) // S + 1
        Wo = (W - K + 2 * P) // S + 1

        xp = torch.zeros((N, C, H + 2 * P, W + 2 * P), dtype=x.dtype)
        xp[:, :, P:H + P, P:W + P] = x

        views = [xp[:, :, i:i + S * Ho:S, j:j + S * Wo:S] for i in range(K) for j in range(K)]
        windows = torch.stack(views, dim=2)        # N, C, K*K, Ho, Wo
        w = self.weight.reshape(self.out_channels, C, K * K)
        return torch.einsum("nckxy,ock->noxy", windows, w) + self.bias.reshape(-1, 1, 1)
        # ---- Your code ends here. ----


class CustomMaxPool2D(nn.Module):
    """y[n, c, i, j] = max_u,v xp[n, c, s·i + u, s·j + v]

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
        N, C, H, W = x.shape
        K, S, P = self.kernel_size, self.kernel_size, self.padding
        Ho = (H - K + 2 * P) // S + 1
        Wo = (W - K + 2 * P) // S + 1

        xp = torch.zeros((N, C, H + 2 * P, W + 2 * P), dtype=x.dtype) - 1e9
        xp[:, :, P:H + P, P:W + P] = x

        views = [xp[:, :, i:i + S * Ho:S, j:j + S * Wo:S] for i in range(K) for j in range(K)]
        windows = torch.stack(views, dim=-1)
        return windows.max(dim=-1)[0]
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
        # log-sum-exp trick
        mx = logits.max()
        log_sum = mx + torch.log(torch.exp(logits - mx).sum(dim=1))
        correct = torch.gather(logits, 1, targets[:, None]).squeeze(1)
        loss = log_sum - correct
        if self.reduction == "mean":
            return loss.mean()
        if self.reduction == "sum":
            return loss.sum()
        if self.reduction == "none":
            return loss
        # ---- Your code ends here. ----
