"""Assignment 3: layers.

AI declaration: I acknowledge the use of GitHub Copilot (https://github.com/features/copilot) to
generate initial ideas for background research in the drafting of this assignment. I used it to
look up the arguments of torch functions.
"""

from __future__ import annotations

import math
from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _init(weight: nn.Parameter, bias: Optional[nn.Parameter], fan_in: int) -> None:
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5))
    if bias is not None:
        limit = 1 / math.sqrt(fan_in)
        nn.init.uniform_(bias, a=-limit, b=limit)


class CustomLinear(nn.Module):
    """Affine map of the last dimension."""

    bias: Optional[nn.Parameter]

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        _init(self.weight, self.bias, in_features)

    def forward(self, x: Tensor) -> Tensor:
        product = torch.einsum("...n,mn->...m", x, self.weight)
        return product if self.bias is None else product + self.bias


class CustomCrossEntropyLoss(nn.Module):
    """Negative log-likelihood of a softmax."""

    REDUCTIONS = ("mean", "sum", "none")

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        if reduction not in self.REDUCTIONS:
            raise ValueError(f"reduction must be one of {self.REDUCTIONS}, got {reduction!r}")
        self.reduction = reduction

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        peak = logits.amax(dim=1, keepdim=True)
        partition = peak.squeeze(1) + torch.log(torch.exp(logits - peak).sum(dim=1))
        losses = partition - logits.gather(1, targets[:, None]).squeeze(1)
        if self.reduction == "none":
            return losses
        return losses.mean() if self.reduction == "mean" else losses.sum()


class CustomMaxPool2D(nn.Module):
    """Largest element of each window."""

    def __init__(self, kernel_size: int, stride: Optional[int] = None, padding: int = 0) -> None:
        super().__init__()
        self.geometry = (kernel_size, stride or kernel_size, padding)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride, padding = self.geometry
        n, c, h, w = x.shape
        rows = math.floor((h - kernel + 2 * padding) / stride) + 1
        cols = math.floor((w - kernel + 2 * padding) / stride) + 1
        if padding:
            larger = torch.empty((n, c, h + 2 * padding, w + 2 * padding), dtype=x.dtype, device=x.device)
            larger.fill_(-math.inf)
            larger[:, :, padding:h + padding, padding:w + padding] = x
            x = larger
        tiles = F.unfold(x, kernel, stride=stride).reshape(n, c, kernel * kernel, rows, cols)
        return tiles.max(dim=2).values


class CustomConv2D(nn.Module):
    """Cross-correlation of images with square kernels."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1,
                 padding: int = 0) -> None:
        super().__init__()
        self.geometry = (kernel_size, stride, padding)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        _init(self.weight, self.bias, in_channels * kernel_size * kernel_size)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride, padding = self.geometry
        n, c, h, w = x.shape
        rows = math.floor((h - kernel + 2 * padding) / stride) + 1
        cols = math.floor((w - kernel + 2 * padding) / stride) + 1
        if padding:
            larger = torch.empty((n, c, h + 2 * padding, w + 2 * padding), dtype=x.dtype, device=x.device)
            larger.fill_(0.0)
            larger[:, :, padding:h + padding, padding:w + padding] = x
            x = larger
        tiles = F.unfold(x, kernel, stride=stride).reshape(n, c, kernel * kernel, rows, cols)
        filters = self.weight.flatten(start_dim=2)
        product = torch.einsum("nckhw,ock->nohw", tiles, filters)
        return product + self.bias.reshape(1, -1, 1, 1)
