# question: q3

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    """Separable, with a recursion: the maximum of k neighbours from that of two overlapping halves"""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def _of(self, v, axis):
        return v if isinstance(v, int) else v[axis]

    def _run(self, x, k):
        """maximum of every k neighbours of the last dimension"""
        if k == 1:
            return x
        half = (k + 1) // 2
        y = self._run(x, half)
        n = x.shape[-1] - k + 1
        a, b = y[..., :n], y[..., k - half:k - half + n]
        return torch.stack((a, b)).max(dim=0).values

    def forward(self, x):
        for axis in (1, 0):
            x = x.transpose(2, 3) if axis == 0 else x
            p = self._of(self.padding, axis)
            wall = torch.full((*x.shape[:-1], p), -torch.inf, dtype=x.dtype, device=x.device)
            x = self._run(torch.cat((wall, x, wall), dim=-1), self._of(self.kernel_size, axis))
            x = x[..., ::self._of(self.stride, axis)]
        return x.transpose(2, 3)
