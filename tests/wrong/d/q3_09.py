# question: q3
# fault: without a given stride the windows move by two, whatever the kernel size is
# name: -
# fault: the padding is added along the width but forgotten along the height
# name: pool-padding-along-one-axis

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    """Separable: first the maximum of every row of a window, then of the column of these."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * 2
        stride = stride or 2
        self.stride = stride if isinstance(stride, tuple) else (stride,) * 2
        self.padding = padding if isinstance(padding, tuple) else (padding,) * 2

    @staticmethod
    def slide(x, k, s):
        """maximum of windows of the last dimension"""
        last = x.shape[-1] - k
        pieces = [x[..., a:last + a + 1:s] for a in range(k)]
        return torch.stack(pieces).max(dim=0)[0]

    def forward(self, x):
        lowest = float('-inf')
        border = x.new_full((*x.shape[:3], self.padding[1]), lowest)
        x = torch.cat((border, x, border), dim=3)
        x = self.slide(x, self.kernel_size[1], self.stride[1])
        x = x.transpose(2, 3)
        x = self.slide(x, self.kernel_size[0], self.stride[0])
        return x.transpose(2, 3)
