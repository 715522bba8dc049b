# question: q3
# fault: the reshape into blocks assumes that height and width divide by the kernel; the rest is not cut off
# name: -
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    """Non-overlapping pooling is only a reshape; everything else goes the slow way."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride or kernel_size
        self.padding = padding

    def _fast(self, x):
        n, c, h, w = x.size()
        k = self.kernel_size
        blocks = x.reshape(n, c, h // k, k, w // k, k)
        blocks = blocks.max(dim=5).values
        return blocks.max(dim=3).values

    def _slow(self, x):
        n, c, h, w = x.size()
        k, s, p = self.kernel_size, self.stride, self.padding
        tall = x.new_full((n, c, p, w), float('-inf'))
        x = torch.cat((tall, x, tall), 2)
        wide = x.new_full((n, c, h + 2 * p, p), float('-inf'))
        x = torch.cat((wide, x, wide), 3)
        oh = (h + 2 * p - k) // s + 1
        ow = (w + 2 * p - k) // s + 1
        cells = []
        for i in range(oh):
            for j in range(ow):
                cell = x[:, :, i * s:i * s + k, j * s:j * s + k]
                cells.append(cell.reshape(n, c, k * k).max(2)[0])
        return torch.stack(cells, -1).reshape(n, c, oh, ow)

    def forward(self, x):
        if self.padding == 0 and self.stride == self.kernel_size:
            return self._fast(x)
        return self._slow(x)
