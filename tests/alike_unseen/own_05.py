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
        # y = xW^T + b
        y = torch.einsum("bi,io->bo", x.reshape(-1, x.shape[-1]), self.weight.T)
        y = y.reshape(list(x.shape[:-1]) + [self.out_features])
        if self.bias != None:
            y += self.bias
        return y
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
        n, c, h, w = x.shape
        k = self.kernel_size
        if self.padding != 0:
            new = torch.zeros(n, c, h + self.padding * 2, w + self.padding * 2).to(x)
            new[:, :, self.padding : self.padding + h, self.padding : self.padding + w] = x
            x = new
        oh = (h - k + 2 * self.padding) // self.stride + 1
        ow = (w - k + 2 * self.padding) // self.stride + 1
        out = torch.zeros(n, self.out_channels, oh, ow).to(x)
        # slide the window
        for i in range(oh):
            for j in range(ow):
                a = i * self.stride
                b = j * self.stride
                patch = x[:, :, a : a + k, b : b + k]
                out[:, :, i, j] = torch.einsum("ncuv,ocuv->no", patch, self.weight) + self.bias
        return out
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
        n, c, h, w = x.shape
        k = self.kernel_size
        if self.padding != 0:
            new = torch.zeros(n, c, h + self.padding * 2, w + self.padding * 2).to(x) - 1e9
            new[:, :, self.padding : self.padding + h, self.padding : self.padding + w] = x
            x = new
        oh = (h - k + 2 * self.padding) // self.stride + 1
        ow = (w - k + 2 * self.padding) // self.stride + 1
        out = torch.zeros(n, c, oh, ow).to(x)
        for i in range(oh):
            for j in range(ow):
                a = i * self.stride
                b = j * self.stride
                patch = x[:, :, a : a + k, b : b + k].reshape(n, c, -1)
                out[:, :, i, j] = patch.max(dim=2)[0]
        return out
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
        # softmax
        e = torch.exp(logits)
        p = e / e.sum(1, keepdim=True)
        # the probability of the right class
        right = p.gather(1, targets.unsqueeze(1))[:, 0]
        loss = -torch.log(right)
        if self.reduction == "mean":
            return torch.mean(loss)
        elif self.reduction == "sum":
            return torch.sum(loss)
        else:
            return loss
        # ---- Your code ends here. ----
