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


def surround(x, p, value):
    """Put a frame of `value`, p wide, around the last two dims."""
    if p == 0:
        return x
    n, c, h, w = x.shape
    frame = x.new_full((n, c, h + 2 * p, w + 2 * p), value)
    frame[..., p:-p, p:-p] = x
    return frame


def shifted_views(x, k, s):
    """One strided slice of x for every position (u, v) inside of the kernel."""
    rows = (x.shape[2] - k) // s + 1
    cols = (x.shape[3] - k) // s + 1
    for u in range(k):
        for v in range(k):
            yield u, v, x[:, :, u:u + s * (rows - 1) + 1:s, v:v + s * (cols - 1) + 1:s]


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
        y = torch.einsum("oi,...i->...o", self.weight, x)
        return y if self.bias is None else y + self.bias
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
        # Instead of moving the kernel over the image, move the image under the kernel:
        # every kernel entry sees one shifted copy of the image.
        x = surround(x, self.padding, 0.0)
        y = self.bias.reshape(1, -1, 1, 1)
        for u, v, view in shifted_views(x, self.kernel_size, self.stride):
            y = y + torch.einsum("nchw,oc->nohw", view, self.weight[:, :, u, v])
        return y
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
        x = surround(x, self.padding, -math.inf)
        best = None
        for _, _, view in shifted_views(x, self.kernel_size, self.stride):
            best = view if best is None else torch.maximum(best, view)
        return best
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
        z = logits - logits.amax(dim=1, keepdim=True)
        log_p = z - z.exp().sum(dim=1, keepdim=True).log()
        # a mask with True at the right class
        classes = torch.arange(logits.shape[1], device=logits.device)
        classes = classes.reshape(1, -1, *[1] * (logits.dim() - 2))
        hit = classes == targets.unsqueeze(1)
        loss = -torch.where(hit, log_p, torch.zeros_like(log_p)).sum(dim=1)
        if self.reduction == "mean":
            loss = loss.mean()
        if self.reduction == "sum":
            loss = loss.sum()
        return loss
        # ---- Your code ends here. ----
