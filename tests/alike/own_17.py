"""Four layers of a convolutional network: the one file that you edit and hand in.

Declaration of AI tools. I acknowledge the use of Claude (https://claude.ai) to generate initial ideas
for background research in the drafting of this assignment. I used it to ask how unfold orders its
rows.
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
        out = torch.einsum("...i,oi->...o", x, self.weight)
        if self.bias is not None:
            out += self.bias
        return out
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
        N, C, H, W = x.shape
        k = self.kernel_size
        patches = F.unfold(x, k, padding=self.padding, stride=self.stride)
        w_flat = self.weight.reshape(self.out_channels, -1)
        out = torch.einsum("nkl,ok->nol", patches, w_flat) + self.bias[None, :, None]
        out_h = (H + 2 * self.padding - k) // self.stride + 1
        out_w = (W + 2 * self.padding - k) // self.stride + 1
        return out.reshape(N, self.out_channels, out_h, out_w)
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
        N, C, H, W = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        if p > 0:
            padded = x.new_full((N, C, H + 2 * p, W + 2 * p), float("-inf"))
            padded[:, :, p:-p, p:-p] = x
        else:
            padded = x
        patches = F.unfold(padded, k, stride=s).reshape(N, C, k * k, -1)
        out = patches.max(dim=2)[0]
        out_h = (H + 2 * p - k) // s + 1
        out_w = (W + 2 * p - k) // s + 1
        return out.reshape(N, C, out_h, out_w)
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
        # log-sum-exp trick
        max_val = logits.max(dim=1, keepdim=True)[0]
        exp = torch.exp(logits - max_val)
        log_sum = torch.log(exp.sum(dim=1)) + max_val.squeeze(1)
        correct = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
        loss = log_sum - correct
        if self.reduction == "mean":
            return loss.mean()
        if self.reduction == "sum":
            return loss.sum()
        return loss
        # ---- Your code ends here. ----
