# question: q3
# fault: the position of a maximum within its window is used as if it were its position in the image, so values from the top row are picked
# name: window-index-taken-for-image-index
# fault: the output size counts the padding once instead of twice, so the last windows can be missing
# name: pool-padding-one-sided

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    """Finds where each maximum is and picks it from the flat image."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel = [kernel_size] * 2 if isinstance(kernel_size, int) else list(kernel_size)
        stride = stride if stride is not None else kernel_size
        self.stride = [stride] * 2 if isinstance(stride, int) else list(stride)
        self.padding = [padding] * 2 if isinstance(padding, int) else list(padding)

    def steps(self, size, i):
        return (size + self.padding[i] - self.kernel[i]) // self.stride[i] + 1

    def forward(self, x):
        n, c, h, w = x.shape
        hp, wp = h + 2 * self.padding[0], w + 2 * self.padding[1]
        xp = torch.full((n, c, hp, wp), float('-inf'), dtype=x.dtype, device=x.device)
        xp[:, :, self.padding[0]:self.padding[0] + h, self.padding[1]:self.padding[1] + w] = x
        top = torch.arange(self.steps(h, 0)) * self.stride[0]
        left = torch.arange(self.steps(w, 1)) * self.stride[1]
        rows = top.reshape(-1, 1, 1, 1) + torch.arange(self.kernel[0]).reshape(1, 1, -1, 1)
        cols = left.reshape(1, -1, 1, 1) + torch.arange(self.kernel[1]).reshape(1, 1, 1, -1)
        place = (rows * wp + cols).flatten(2).flatten(0, 1)          # (L, k*k)
        flat = xp.flatten(2)
        values = flat[:, :, place]                                   # (n, c, L, k*k)
        inner = values.max(dim=-1).indices
        picked = flat.gather(2, inner)
        return picked.reshape(n, c, len(top), len(left))
