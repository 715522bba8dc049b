# questions: q1 q3
# may lose: nothing

import torch
import torch.nn as nn
import warnings

try:
    from typing import override
except ImportError:

    def override(f):
        return f


class ShapeError(ValueError):
    """Says which shape was wrong."""

    def __init__(self, wanted, got):
        super().__init__(f'wanted {wanted}, got {tuple(got)}')
        self.wanted = wanted
        self.got = got


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        if not isinstance(in_features, int) or in_features <= 0:
            raise ValueError(f"in_features must be a positive integer, got {in_features}")
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    @override
    def forward(self, x):
        try:
            y = torch.einsum('...i,oi->...o', x, self.weight)
        except RuntimeError as error:
            raise ShapeError(self.weight.shape[1], x.shape) from error
        else:
            return y if self.bias is None else y + self.bias
        finally:
            self.calls = getattr(self, 'calls', 0) + 1


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        try:
            kernel_size, _ = kernel_size
        except TypeError:
            pass
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding
        if self.p > self.k / 2:
            warnings.warn('padding should be at most half of the kernel', stacklevel=2)

    @override
    def forward(self, x):
        try:
            n, c, h, w = x.shape
        except ValueError:
            raise ShapeError('(N, C, H, W)', x.shape) from None
        with torch.no_grad():
            big = torch.zeros(n, c, h + 2 * self.p, w + 2 * self.p).fill_(-float('inf'))
        big[:, :, self.p:self.p + h, self.p:self.p + w] = x
        return big.unfold(2, self.k, self.s).unfold(3, self.k, self.s).flatten(-2).max(-1).values
