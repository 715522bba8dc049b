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
        # sum over the input features i
        result = torch.einsum("of,...f->...o", self.weight, x)
        return result if self.bias is None else torch.add(result, self.bias)


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

    def _len(self, n):
        return (n - self.kernel_size + 2 * self.padding) // self.stride + 1

    def forward(self, x):
        # step 1: how large is the feature map
        rows = self._len(x.shape[2])
        cols = self._len(x.shape[3])
        # step 2: kernels as rows of a matrix
        kernels = self.weight.reshape(self.weight.shape[0], -1)
        # step 3: image patches as columns of a matrix
        patches = nn.functional.unfold(
            x, (self.kernel_size, self.kernel_size), stride=self.stride, padding=self.padding
        )
        # step 4: product, bias, shape
        fmap = self.bias[None, :, None] + torch.einsum("bfp,of->bop", patches, kernels)
        return fmap.reshape(x.shape[0], -1, rows, cols)


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
        total = 0
        size, step, border = self.kernel_size, self.stride, self.padding
        b, ch, high, wide = x.size()
        rows = (high - size + 2 * border) // step + 1
        cols = (wide - size + 2 * border) // step + 1
        if border != 0:
            framed = x.new_full((b, ch, high + border * 2, wide + border * 2), -math.inf)
            framed[:, :, border : high + border, border : wide + border] = x
        else:
            framed = x
        patches = nn.functional.unfold(framed, (size, size), stride=step)
        patches = patches.reshape(b, ch, size**2, rows * cols)
        biggest, _ = patches.max(dim=2)
        total += biggest.numel()
        return biggest.reshape(b, ch, rows, cols)


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
        # keep the numbers small before exp
        z = logits - torch.amax(logits, dim=1, keepdim=True)
        normaliser = z.exp().sum(1, keepdim=True).log()
        index = targets[:, None]
        nll = (normaliser - z).gather(1, index)[:, 0]
        if self.reduction == "none":
            return nll
        if self.reduction == "sum":
            return torch.sum(nll)
        return torch.mean(nll)
