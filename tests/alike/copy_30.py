"""layers.py

    - I did not use any AI technologies in preparing or writing up this assignment.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    """y = x Wᵀ + batch

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
        # [.., in] x [out, in] -> [.., out]
        out = torch.einsum('...a,ba->...b', x, self.weight)
        if self.bias is None:
            return out
        else:
            return out + self.bias
        # ---- Your code ends here. ----


class CustomConv2D(nn.Module):
    """y[n, o, i, j] = batch[o] + Σ_c,u,v weight[o, ch, u, v] · padded[n, ch, s·i + u, s·j + v]

    k is the w's size, s the stride and p the padding, of zeros.

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
        batch = x.size(0)
        unfolded = nn.functional.unfold(x, kernel_size=self.kernel_size, padding=self.padding, stride=self.stride)
        unfolded = unfolded.transpose(1, 2)
        w = self.weight.flatten(1)
        result = torch.einsum('bpk,ok->bpo', unfolded, w) + self.bias
        result = result.transpose(2, 1)
        h_out = (x.size(2) - self.kernel_size + 2 * self.padding) // self.stride + 1
        w_out = (x.size(3) - self.kernel_size + 2 * self.padding) // self.stride + 1
        return result.contiguous().view(batch, self.out_channels, h_out, w_out)
        # ---- Your code ends here. ----


class CustomMaxPool2D(nn.Module):
    """y[n, ch, i, j] = max_u,v padded[n, ch, s·i + u, s·j + v]

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
        batch, ch = x.size(0), x.size(1)
        unfolded = nn.functional.unfold(x, kernel_size=self.kernel_size, padding=self.padding, stride=self.stride)
        unfolded = unfolded.unflatten(1, (ch, self.kernel_size * self.kernel_size))
        result = unfolded.max(2)[0]
        h_out = (x.size(2) - self.kernel_size + 2 * self.padding) // self.stride + 1
        w_out = (x.size(3) - self.kernel_size + 2 * self.padding) // self.stride + 1
        return result.view(batch, ch, h_out, w_out)
        # ---- Your code ends here. ----


class CustomCrossEntropyLoss(nn.Module):
    """loss = -log p[target], with log p = z - log Σ_c exp z[ch] of the logits z

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
        # softmax first
        max_vals = torch.max(logits, 1, keepdim=True)[0]
        exp_vals = torch.exp(logits - max_vals)
        log_softmax = (logits - max_vals) - torch.log(torch.sum(exp_vals, 1, keepdim=True))
        loss = -torch.gather(log_softmax, 1, targets.unsqueeze(1))
        loss = loss.squeeze(1)
        if self.reduction == 'none':
            return loss
        elif self.reduction == 'sum':
            return loss.sum()
        else:
            return loss.mean()
        # ---- Your code ends here. ----
