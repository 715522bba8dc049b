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
        y = torch.einsum("bi,oi->bo", x, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y
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
        n, c, h, w = x.shape
        h_out = (h + 2 * self.padding - self.kernel_size) // self.stride + 1
        w_out = (w + 2 * self.padding - self.kernel_size) // self.stride + 1
        unfolded = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        weight = self.weight.view(self.out_channels, -1)
        out = torch.einsum("oc,ncl->nol", weight, unfolded)
        out = out.view(n, self.out_channels, h_out, w_out)
        return out + self.bias.view(1, -1, 1, 1)
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
        n, c, h, w = x.shape
        h_out = (h + 2 * self.padding - self.kernel_size) // self.stride + 1
        w_out = (w + 2 * self.padding - self.kernel_size) // self.stride + 1
        x_padded = torch.full((n, c, h + 2 * self.padding, w + 2 * self.padding), float("-inf"))
        x_padded[:, :, self.padding:self.padding + h, self.padding:self.padding + w] = x
        windows = x_padded.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        windows = windows.reshape(n, c, h_out, w_out, -1)
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
        probs = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
        log_probs = torch.log(probs)
        n = logits.shape[0]
        loss = -log_probs[torch.arange(n), targets]
        if self.reduction == "mean":
            return loss.mean()
        elif self.reduction == "sum":
            return loss.sum()
        else:
            return loss
        # ---- Your code ends here. ----
