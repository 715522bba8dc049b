"""layers.py

    - I did not use any AI technologies in preparing or writing up this assignment.
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
        # [.., in] x [out, in] -> [.., out]
        out = torch.einsum('...a,ba->...b', x, self.weight)
        if self.bias is None:
            return out
        else:
            return out + self.bias
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
        b = x.size(0)
        cols = nn.functional.unfold(x, kernel_size=self.kernel_size, padding=self.padding, stride=self.stride)
        cols = cols.permute(0, 2, 1)   # b x positions x (c*k*k)
        kernel = self.weight.view(self.out_channels, -1)
        res = torch.einsum('bpk,ok->bpo', cols, kernel) + self.bias
        res = res.permute(0, 2, 1)
        ho = (x.size(2) - self.kernel_size + 2 * self.padding) // self.stride + 1
        wo = (x.size(3) - self.kernel_size + 2 * self.padding) // self.stride + 1
        return res.reshape(b, self.out_channels, ho, wo)
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
        b, c = x.size(0), x.size(1)
        cols = nn.functional.unfold(x, kernel_size=self.kernel_size, padding=self.padding, stride=self.stride)
        cols = cols.reshape(b, c, self.kernel_size * self.kernel_size, -1)
        res = cols.max(2)[0]
        ho = (x.size(2) - self.kernel_size + 2 * self.padding) // self.stride + 1
        wo = (x.size(3) - self.kernel_size + 2 * self.padding) // self.stride + 1
        return res.reshape(b, c, ho, wo)
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
        # softmax first
        biggest = torch.max(logits, 1, keepdim=True)[0]
        e = torch.exp(logits - biggest)
        log_p = (logits - biggest) - torch.log(torch.sum(e, 1, keepdim=True))
        nll = -torch.gather(log_p, 1, targets.unsqueeze(1))
        nll = nll.squeeze(1)
        if self.reduction == 'none':
            return nll
        elif self.reduction == 'sum':
            return nll.sum()
        else:
            return nll.mean()
        # ---- Your code ends here. ----
