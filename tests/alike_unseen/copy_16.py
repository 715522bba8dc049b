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
        return torch.einsum("...i,oi->...o", x, self.weight) + (0 if self.bias is None else self.bias)


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
        k, s, p = self.kernel_size, self.stride, self.padding
        cols = F.unfold(x, k, padding=p, stride=s).view(x.shape[0], self.in_channels, k, k, -1)
        y = torch.einsum("ncuvl,ocuv->nol", cols, self.weight)
        y = y + self.bias[:, None]
        return y.view(x.shape[0], self.out_channels, (x.shape[2] + 2 * p - k) // s + 1, -1)


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
        # first downwards, then sideways
        assert x.dim() == 4, "need (N, C, H, W)"
        y = x
        axis = 2
        while axis < 4:
            if self.padding > 0:
                size = list(y.shape)
                size[axis] = self.padding
                wall = torch.full(size, -math.inf, dtype=y.dtype, device=y.device)
                y = torch.cat([wall, y, wall], axis)
            n = 1 + (y.size(axis) - self.kernel_size) // self.stride
            begin = torch.tensor([i * self.stride for i in range(n)], device=y.device)
            layers = []
            for shift in range(self.kernel_size):
                layers.append(torch.index_select(y, axis, begin + shift))
            y = torch.stack(layers, -1).max(-1)[0]
            axis += 1
        return y


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
        highest = torch.max(logits, dim=1, keepdim=True).values
        z = torch.sub(logits, highest)
        z_t = torch.gather(z, 1, targets.unsqueeze(1))
        item = (z.exp().sum(1, keepdim=True).log() - z_t).squeeze(1)
        how = {"mean": torch.mean, "sum": torch.sum}
        if self.reduction in how:
            return how[self.reduction](item)
        return item
