# questions: q2 q3
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F


class _Windows:
    """Cuts an image into windows; both layers share it."""

    count = 0

    def __init__(self, kernel, stride, pad, value=0.0):
        self.kernel = kernel
        self.stride = stride
        self.pad = pad
        self.value = value
        _Windows.count += 1

    def __call__(self, x):
        return self.cut(self.fill(x))

    def __eq__(self, other):
        return isinstance(other, _Windows) and vars_of(self) == vars_of(other)

    def __hash__(self):
        return hash(vars_of(self))

    def __repr__(self):
        return f'{type(self).__name__}(kernel={self.kernel}, stride={self.stride}, pad={self.pad})'

    def fill(self, x):
        if not self.pad:
            return x
        n, c, h, w = x.shape
        out = torch.full((n, c, h + 2 * self.pad, w + 2 * self.pad), self.value, dtype=x.dtype, device=x.device)
        out[:, :, self.pad:-self.pad, self.pad:-self.pad] = x
        return out

    def cut(self, x):
        return x.unfold(2, self.kernel, self.stride).unfold(3, self.kernel, self.stride)

    @property
    def area(self):
        return self.kernel ** 2

    @classmethod
    def of(cls, layer, value):
        return cls(layer.k, layer.s, layer.p, value)

    @staticmethod
    def lowest():
        return float('-inf')


def vars_of(windows):
    return windows.kernel, windows.stride, windows.pad, windows.value


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.windows = _Windows.of(self, 0.0)
        assert self.windows == _Windows(kernel_size, stride, padding), repr(self.windows)

    def forward(self, x):
        return torch.einsum('nchwij,ocij->nohw', self.windows(x), self.weight) + self.bias[:, None, None]


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding
        self.windows = _Windows.of(self, _Windows.lowest())

    def forward(self, x):
        w = self.windows(x)
        return w.reshape(*w.shape[:4], self.windows.area).max(dim=-1).values
