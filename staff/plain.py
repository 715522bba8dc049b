"""Four layers. I did not use any AI technologies in preparing or writing up this assignment.

Each is the shortest way from its formula to code: no argument beyond the assignment's, no check, no
shortcut. The mistakes in staff/misconceptions/ are changes of these lines. The file that students
begin with is made of them, too: it lacks the forwards, and what is said after "Solution:".
"""

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
        y = torch.einsum("...i,oi->...o", x, self.weight)
        if self.bias is not None:
            y = y + self.bias
        return y


class CustomConv2D(nn.Module):
    """y[n, o, i, j] = b[o] + Σ_c,u,v weight[o, c, u, v] · padded[n, c, s·i + u, s·j + v]

    k is the kernel's size, s the stride and p the padding, of zeros.

    Shape: x (N, C, H, W), y (N, O, H_out, W_out), weight (O, C, k, k), bias (O,), where
    H_out = floor((H + 2·p - k) / s) + 1, and W_out likewise.

    Solution: with the windows as columns (N, C·k·k, L), one for each of the L = H_out·W_out places,
    the sum is a product of matrices.
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
        n, c, height, width = x.shape
        o = self.out_channels
        k = self.kernel_size
        s = self.stride
        p = self.padding
        h_padded = height + 2 * p
        w_padded = width + 2 * p
        h_out = (h_padded - k) // s + 1
        w_out = (w_padded - k) // s + 1
        padded = x.new_zeros((n, c, h_padded, w_padded))
        padded[:, :, p : p + height, p : p + width] = x
        columns = F.unfold(padded, k, stride=s)
        filters = self.weight.reshape(o, -1)
        y = torch.einsum("ok,nkl->nol", filters, columns)
        y = y + self.bias.reshape(1, -1, 1)
        return y.reshape(n, o, h_out, w_out)


class CustomMaxPool2D(nn.Module):
    """y[n, c, i, j] = max_u,v padded[n, c, s·i + u, s·j + v]

    k is the window's size, s the stride, which is k unless it is given, and p the padding.

    Shape: x (N, C, H, W), y (N, C, H_out, W_out), where H_out = floor((H + 2·p - k) / s) + 1, and
    W_out likewise.

    Solution: the padding is of -inf, which never wins.
    """

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        n, c, height, width = x.shape
        k = self.kernel_size
        s = self.stride
        p = self.padding
        h_padded = height + 2 * p
        w_padded = width + 2 * p
        h_out = (h_padded - k) // s + 1
        w_out = (w_padded - k) // s + 1
        padded = x.new_full((n, c, h_padded, w_padded), -math.inf)
        padded[:, :, p : p + height, p : p + width] = x
        columns = F.unfold(padded, k, stride=s)
        windows = columns.reshape(n, c, k * k, -1)
        y = windows.max(dim=2).values
        return y.reshape(n, c, h_out, w_out)


class CustomCrossEntropyLoss(nn.Module):
    """loss = -log p[target], with log p = z - log Σ_c exp z[c] of the logits z

    Shape: logits (N, C) or (N, C, d1, ...), targets (N) or (N, d1, ...) of class indices, loss ()
    or, with reduction='none', as the targets.

    Solution: the maximum of z is subtracted first, which changes no p and keeps exp from
    overflowing.
    """

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        shift = logits.max(dim=1, keepdim=True).values
        shifted = logits - shift
        log_sum = shifted.exp().sum(dim=1, keepdim=True).log()
        log_p = shifted - log_sum
        picked = log_p.gather(1, targets.unsqueeze(1))
        loss = -picked.squeeze(1)
        if self.reduction == "mean":
            return loss.mean()
        if self.reduction == "sum":
            return loss.sum()
        return loss
