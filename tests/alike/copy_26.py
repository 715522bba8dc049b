"""Assignment 3: layers.

I did not use any AI technologies in preparing or writing up this assignment.
"""

from __future__ import annotations

import math
from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    return math.floor((size - kernel + 2 * padding) / stride) + 1


def _im2col(images: Tensor, kernel: int, stride: int, padding: int, fill: float = 0.0) -> Tensor:
    """Cuts images into windows.

    Args:
        images: (N, C, H, W)
        fill: what the border is made of

    Returns:
        (N, C, kernel * kernel, H_out, W_out)
    """

    n, c, h, w = images.shape
    if padding:
        bordered = torch.empty(
            (n, c, h + 2*padding, w + 2*padding),
            dtype=images.dtype, device=images.device
        )
        bordered.fill_(fill)
        bordered[:, :, padding:h + padding, padding:w + padding] = images
        images = bordered
    columns = F.unfold(images, kernel, stride=stride)
    h_out = _output_size(h, kernel, stride, padding)
    w_out = _output_size(w, kernel, stride, padding)
    return columns.reshape(n, c, kernel * kernel, h_out, w_out)


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
        product = torch.einsum('...n,mn->...m', x, self.weight)
        return product if self.bias is None else product + self.bias


class CustomConv2D(nn.Module):
    """Cross-correlation of images with square kernels."""

    def __init__(
        self, in_channels: int, out_channels: int,
        kernel_size: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        _init(self.weight, self.bias, in_channels * kernel_size * kernel_size)

    def forward(self, x: Tensor) -> Tensor:
        windows = _im2col(
            x, self.kernel_size, self.stride, self.padding
        )
        kernels = self.weight.flatten(start_dim=2)
        product = torch.einsum('nckhw,ock->nohw', windows, kernels)
        return product + self.bias.reshape(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):
    """Largest element of each window."""

    def __init__(self, kernel_size: int, stride: Optional[int] = None, padding: int = 0) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride or kernel_size
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        windows = _im2col(
            x, self.kernel_size, self.stride, self.padding, fill=-math.inf
        )
        return windows.max(dim=2).values


class CustomCrossEntropyLoss(nn.Module):
    """Negative log-likelihood of a softmax."""

    REDUCTIONS = ('mean', 'sum', 'none')

    def __init__(self, reduction: str = 'mean') -> None:
        super().__init__()
        if reduction not in self.REDUCTIONS:
            raise ValueError(f'reduction must be one of {self.REDUCTIONS}, got {reduction!r}')
        self.reduction = reduction

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        losses = self._log_partition(logits) - self._score(logits, targets)
        if self.reduction == 'none':
            return losses
        return losses.mean() if self.reduction == 'mean' else losses.sum()

    @staticmethod
    def _log_partition(logits: Tensor) -> Tensor:
        peak = logits.amax(dim=1, keepdim=True)
        return peak.squeeze(1) + torch.log(torch.exp(logits - peak).sum(dim=1))

    @staticmethod
    def _score(logits: Tensor, targets: Tensor) -> Tensor:
        return logits.gather(1, targets[:, None]).squeeze(1)
