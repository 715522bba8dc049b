# question: q3
# fault: the end of a window is counted from its start after clipping at the border, so windows in the padding at the top and left reach too far
# name: -

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    """No padding is made: windows are cut off at the border of the image."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        if stride is None:
            stride = kernel_size
        self.stride = stride if isinstance(stride, tuple) else (stride, stride)
        self.padding = padding if isinstance(padding, tuple) else (padding, padding)

    def bounds(self, size, axis):
        k, s, p = self.kernel_size[axis], self.stride[axis], self.padding[axis]
        result = []
        for n in range((size + 2 * p - k) // s + 1):
            start = max(n * s - p, 0)
            end = min(start + k, size)
            result.append((start, end))
        return result

    def forward(self, x):
        n, c, h, w = x.shape
        lines = []
        for y0, y1 in self.bounds(h, 0):
            line = []
            for x0, x1 in self.bounds(w, 1):
                patch = x[:, :, y0:y1, x0:x1].reshape(n, c, -1)
                line.append(patch.max(dim=2).values)
            lines.append(torch.stack(line, dim=2))
        return torch.stack(lines, dim=2)
