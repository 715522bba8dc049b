"""I did not use any AI technologies in preparing or writing up this assignment.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    """y = x Wᵀ + b

    Shape: x (..., in_features), y (..., out_features), weight (out_features, in_features),
    bias (out_features,) or None.

    Allowed, besides creation, indexing, slicing, joining, reshaping and basic arithmetic: einsum.
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
            return self.bias + torch.einsum("oi,...i->...o", self.weight, x)
        return torch.einsum("oi,...i->...o", self.weight, x)
        # ---- Your code ends here. ----


class CustomConv2D(nn.Module):
    """y[n, o, i, j] = b[o] + Σ_c,u,v weight[o, c, u, v] · padded[n, c, s·i + u, s·j + v]

    k is the kernel's size, s the stride and p the padding, of zeros.

    Shape: x (N, C, H, W), y (N, O, H_out, W_out), weight (O, C, k, k), bias (O,), where
    H_out = floor((H + 2·p - k) / s) + 1, and W_out likewise.

    Allowed, besides creation, indexing, slicing, joining, reshaping and basic arithmetic: einsum,
    unfold.
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
        k = self.kernel_size
        s = self.stride
        H = x.shape[2] + 2 * self.padding
        W = x.shape[3] + 2 * self.padding
        xp = x.new_zeros((x.shape[0], self.in_channels, H, W))
        xp[:, :, self.padding : H - self.padding, self.padding : W - self.padding] = x
        vertical = xp.unfold(2, k, s)
        both = vertical.unfold(3, k, s)
        # flatten channel and window to one axis
        both = both.permute(0, 2, 3, 1, 4, 5).flatten(3)
        w = self.weight.flatten(1)
        y = torch.einsum("nhwf,of->nhwo", both, w) + self.bias
        return y.permute(0, 3, 1, 2)
        # ---- Your code ends here. ----


class CustomMaxPool2D(nn.Module):
    """y[n, c, i, j] = max_u,v padded[n, c, s·i + u, s·j + v]

    k is the window's size, s the stride, which is k unless it is given, and p the padding.

    Shape: x (N, C, H, W), y (N, C, H_out, W_out), where H_out = floor((H + 2·p - k) / s) + 1, and
    W_out likewise.

    Allowed, besides creation, indexing, slicing, joining, reshaping and basic arithmetic: unfold,
    max, amax, maximum, clamp, clip.
    """

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        # ---- Your code begins here. ----
        k = self.kernel_size
        s = self.stride
        H = x.shape[2] + 2 * self.padding
        W = x.shape[3] + 2 * self.padding
        xp = x.new_full((x.shape[0], x.shape[1], H, W), -math.inf)
        xp[:, :, self.padding : H - self.padding, self.padding : W - self.padding] = x
        vertical = xp.unfold(2, k, s).amax(dim=-1)
        return vertical.unfold(3, k, s).amax(dim=-1)
        # ---- Your code ends here. ----


class CustomCrossEntropyLoss(nn.Module):
    """loss = -log p[target], with log p = z - log Σ_c exp z[c] of the logits z

    Shape: logits (N, C) or (N, C, d1, ...), targets (N) or (N, d1, ...) of class indices, loss ()
    or, with reduction='none', as the targets.

    Allowed, besides creation, indexing, slicing, joining, reshaping and basic arithmetic: max,
    amax, maximum, clamp, clip, exp, log, sum, mean.
    """

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # ---- Your code begins here. ----
        C = logits.size(1)
        z = logits.unsqueeze(-1).transpose(1, -1).squeeze(1).reshape(-1, C)
        t = targets.reshape(-1, 1)
        top = z.max(dim=1, keepdim=True).values
        lse = top + torch.log(torch.sum(torch.exp(z - top), dim=1, keepdim=True))
        loss = (lse - z.gather(1, t)).reshape(targets.shape)
        if self.reduction == "sum":
            loss = loss.sum()
        elif self.reduction == "mean":
            loss = loss.mean()
        return loss
        # ---- Your code ends here. ----
