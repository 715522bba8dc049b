# question: q3
# fault: the offsets come from zip, so only the diagonal of every window is looked at
# name: diagonal-of-window

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = (kernel_size,) * 2 if isinstance(kernel_size, int) else tuple(kernel_size)
        self.stride = self.kernel_size if stride is None else ((stride,) * 2 if isinstance(stride, int) else tuple(stride))
        self.padding = (padding,) * 2 if isinstance(padding, int) else tuple(padding)

    def forward(self, x):
        size = [x.shape[2 + a] + 2 * self.padding[a] for a in (0, 1)]
        out = [(size[a] - self.kernel_size[a]) // self.stride[a] + 1 for a in (0, 1)]
        canvas = torch.full((*x.shape[:2], *size), float('-inf'), dtype=x.dtype, device=x.device)
        py, px = self.padding
        canvas[:, :, py:size[0] - py, px:size[1] - px] = x

        views = []
        for dy, dx in zip(range(self.kernel_size[0]), range(self.kernel_size[1])):
            v = canvas[:, :, dy::self.stride[0], dx::self.stride[1]]
            views.append(v[:, :, :out[0], :out[1]])
        return torch.stack(views, dim=0).max(dim=0).values
