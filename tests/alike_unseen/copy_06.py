"""Four layers of a convolutional network: the one file that you edit and hand in.

Write the four forwards, each between its two marked lines; autograd derives the backward pass. All
else is given, and its names stay as they are. Functions and classes of your own are welcome.

Declaration of AI tools. You must declare with ONE of the following statements if you have used any
GenAI tools. Keep the one that is true, and delete the other two.

    - I did not use any AI technologies in preparing or writing up this assignment.

If you have used GenAI tool(s), you must (i) name the tool(s), (ii) describe how it/they were used,
AND (iii) reference the tool(s).
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
        # b + W x for the last dimension of x
        out = torch.einsum("...i,ji->...j", x, self.weight)
        if self.bias is None:
            return out
        return out + self.bias
        # ---- Your code ends here. ----


def max_along(t, size, step, axis):
    """Max pooling in one direction."""
    how_many = 1 + (t.size(axis) - size) // step
    first = torch.arange(0, how_many * step, step, device=t.device)
    answer = torch.index_select(t, axis, first)
    for shift in range(1, size):
        answer = torch.maximum(answer, torch.index_select(t, axis, first + shift))
    return answer


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
        p = self.padding
        if p > 0:
            n, c, h, w = x.shape
            row = torch.full((n, c, p, w), float("-inf"), dtype=x.dtype, device=x.device)
            x = torch.cat([row, x, row], dim=2)
            col = torch.full((n, c, h + 2 * p, p), float("-inf"), dtype=x.dtype, device=x.device)
            x = torch.cat([col, x, col], dim=3)
        by_rows = max_along(x, self.kernel_size, self.stride, 2)
        return max_along(by_rows, self.kernel_size, self.stride, 3)
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

    def surround_with_zeros(self, img):
        p = self.padding
        n, c, h, w = img.shape
        row = torch.zeros((n, c, p, w), dtype=img.dtype, device=img.device)
        img = torch.cat([row, img, row], dim=2)
        col = torch.zeros((n, c, h + 2 * p, p), dtype=img.dtype, device=img.device)
        return torch.cat([col, img, col], dim=3)

    def forward(self, x):
        # ---- Your code begins here. ----
        padded = self.surround_with_zeros(x) if self.padding > 0 else x
        k = self.kernel_size
        n_rows = (padded.size(2) - k) // self.stride + 1
        n_cols = (padded.size(3) - k) // self.stride + 1
        window = torch.arange(k)
        row_ids = (torch.arange(n_rows) * self.stride)[:, None] + window[None]
        col_ids = (torch.arange(n_cols) * self.stride)[:, None] + window[None]
        # (N, C, n_rows, k, W) and then (N, C, n_rows, k, n_cols, k)
        blocks = padded[:, :, row_ids]
        blocks = blocks[..., col_ids]
        result = torch.einsum("ocij,nchiwj->nohw", self.weight, blocks)
        return result + self.bias[:, None, None]
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
        self.eps = 1e-12

    def forward(self, logits, targets):
        # ---- Your code begins here. ----
        z = logits - logits.amax(1, keepdim=True)
        right = z.gather(1, targets.unsqueeze(1)).squeeze(1)
        loss = torch.log(torch.sum(torch.exp(z), 1)) - right
        match self.reduction:
            case "mean":
                return loss.mean()
            case "sum":
                return loss.sum()
        return loss
        # ---- Your code ends here. ----
