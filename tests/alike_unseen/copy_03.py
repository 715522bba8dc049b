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
        out = torch.einsum("...k,mk->...m", x, self.weight)
        if self.bias is not None:
            out += self.bias
        return out


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

    def pad_zeros(self, img):
        b, ch, height, width = img.size()
        P = self.padding
        canvas = torch.zeros(b, ch, height + 2 * P, width + 2 * P, dtype=img.dtype, device=img.device)
        canvas[:, :, P : height + P, P : width + P] = img
        return canvas

    def forward(self, x):
        img = self.pad_zeros(x)
        K = self.kernel_size
        S = self.stride
        H_out = (img.size(2) - K) // S + 1
        W_out = (img.size(3) - K) // S + 1
        out = torch.zeros(x.size(0), self.out_channels, H_out, W_out, dtype=x.dtype, device=x.device)
        for pos in range(K * K):
            row, col = pos // K, pos % K
            # pixels under kernel cell (row, col)
            under = img[:, :, row : row + S * H_out : S, col : col + S * W_out : S]
            under = under[:, :, :H_out, :W_out]
            out = out + torch.einsum("oc,bchw->bohw", self.weight[:, :, row, col], under)
        return out + self.bias[None, :, None, None]


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
        b, ch, height, width = x.size()
        P, K, S = self.padding, self.kernel_size, self.stride
        canvas = torch.full(
            (b, ch, height + 2 * P, width + 2 * P), float("-inf"), dtype=x.dtype, device=x.device
        )
        canvas[:, :, P : height + P, P : width + P] = x
        H_out = (canvas.size(2) - K) // S + 1
        W_out = (canvas.size(3) - K) // S + 1
        current = canvas[:, :, : S * (H_out - 1) + 1 : S, : S * (W_out - 1) + 1 : S]
        for pos in range(1, K * K):
            row, col = divmod(pos, K)
            other = canvas[:, :, row : row + S * (H_out - 1) + 1 : S, col : col + S * (W_out - 1) + 1 : S]
            current = torch.max(current, other)
        return current


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
        biggest = torch.max(logits, 1, keepdim=True)[0]
        logits = logits - biggest
        log_softmax = logits - torch.log(torch.sum(torch.exp(logits), 1, keepdim=True))
        # one hot encoding
        one_hot = torch.zeros_like(logits)
        for c in range(logits.size(1)):
            one_hot[:, c] = targets == c
        nll = -(one_hot * log_softmax).sum(1)
        if self.reduction == "sum":
            return nll.sum()
        elif self.reduction == "mean":
            return nll.mean()
        else:
            return nll
