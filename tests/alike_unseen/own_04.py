"""Four layers of a convolutional network: the one file that you edit and hand in.

Write the four forwards, each between its two marked lines; autograd derives the backward pass. All
else is given, and its names stay as they are. Functions and classes of your own are welcome.

Declaration of AI tools. You must declare with ONE of the following statements if you have used any
GenAI tools. Keep the one that is true, and delete the other two.

    - I acknowledge the use of ChatGPT (https://chat.openai.com) to generate initial ideas for
      background research in the drafting of this assignment.

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
        product = torch.einsum('...j,kj->...k', x, self.weight)
        if self.bias is None:
            return product
        return product + self.bias


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
        pad = self.padding
        if pad > 0:
            canvas = torch.zeros(x.shape[0], x.shape[1], x.shape[2] + 2*pad, x.shape[3] + 2*pad,
                                 dtype=x.dtype, device=x.device)
            canvas[:, :, pad:-pad, pad:-pad] = x
        else:
            canvas = x
        # windows: (N, C, H_out, W_out, k, k)
        windows = canvas.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        out = torch.einsum('nchwuv,ocuv->nohw', windows, self.weight)
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
        pad = self.padding
        if pad > 0:
            canvas = torch.full((x.shape[0], x.shape[1], x.shape[2] + 2*pad, x.shape[3] + 2*pad),
                                float('-inf'), dtype=x.dtype, device=x.device)
            canvas[:, :, pad:-pad, pad:-pad] = x
        else:
            canvas = x
        windows = canvas.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        return windows.amax(dim=(-2, -1))


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
        num_classes = logits.shape[1]
        # put the classes last and flatten everything else
        flat = logits.movedim(1, -1).reshape(-1, num_classes)
        labels = targets.reshape(-1)
        top = flat.amax(dim=1, keepdim=True)
        log_norm = (flat - top).exp().sum(dim=1).log() + top[:, 0]
        right = flat[torch.arange(flat.shape[0], device=flat.device), labels]
        losses = log_norm - right
        if self.reduction == 'sum':
            return losses.sum()
        if self.reduction == 'none':
            return losses.reshape(targets.shape)
        return losses.mean()
