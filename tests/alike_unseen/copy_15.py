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
        y = x.new_zeros(x.shape[:-1] + (self.out_features,))
        y = y + torch.einsum("...p,qp->...q", x, self.weight)
        if self.bias is not None:
            y = y + self.bias
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
        B, C = x.shape[:2]
        size = [
            (side + 2 * self.padding - self.kernel_size) // self.stride + 1 for side in x.shape[2:]
        ]
        flat_w = self.weight.reshape(self.out_channels, C * self.kernel_size**2)
        columns = F.unfold(x, self.kernel_size, 1, self.padding, self.stride)
        res = torch.einsum("bkl,ok->bol", columns, flat_w) + self.bias[:, None]
        return res.reshape([B, self.out_channels, *size])
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

    def add_border(self, img):
        p = self.padding
        shape = [img.shape[0], img.shape[1], img.shape[2] + 2 * p, img.shape[3] + 2 * p]
        out = torch.zeros(shape, dtype=img.dtype, device=img.device) - math.inf
        out[:, :, p:-p, p:-p] = img
        return out

    def forward(self, x):
        # ---- Your code begins here. ----
        B, C = x.shape[:2]
        size = [
            (side + 2 * self.padding - self.kernel_size) // self.stride + 1 for side in x.shape[2:]
        ]
        if self.padding:
            x = self.add_border(x)
        columns = F.unfold(x, self.kernel_size, stride=self.stride)
        columns = columns.unflatten(1, (C, self.kernel_size**2))
        return torch.max(columns, 2).values.reshape([B, C, *size])
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
        # classes first, so that everything is one index away
        z = logits.transpose(0, 1).flatten(1)
        t = targets.flatten()
        m = torch.amax(z, dim=0)
        lse = m + torch.log(torch.sum(torch.exp(z - m), dim=0))
        items = lse - z[t, torch.arange(t.numel(), device=t.device)]
        if self.reduction == "none":
            return items.reshape(targets.shape)
        return items.sum() / (t.numel() if self.reduction == "mean" else 1)
        # ---- Your code ends here. ----
