# question: q3
# fault: the second pass (along the height) moves by one instead of by the stride
# name: pool-stride-along-one-axis
# fault: only the height is padded, not the width
# name: pool-padding-along-one-axis
import torch
import torch.nn as nn


def slide(t, axis, k, step):
    """maximum of k neighbours along one axis"""
    n = t.shape[axis]
    pos = torch.arange(0, n - k + 1, step, device=t.device)
    layers = [t.index_select(axis, pos + d) for d in range(k)]
    return torch.stack(layers, 0).max(0)[0]


def grow(t, axis, p):
    shape = list(t.shape)
    shape[axis] = p
    edge = torch.full(shape, float('-inf'), dtype=t.dtype, device=t.device)
    return torch.cat([edge, t, edge], axis)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        # the maximum of a square is the maximum of the maxima of its lines
        k, s = self.kernel_size, self.stride
        if self.padding:
            x = grow(x, 2, self.padding)
        # inside every line, then over the lines
        by_lines = slide(x, 3, k, s)
        return slide(by_lines, 2, k, 1)
