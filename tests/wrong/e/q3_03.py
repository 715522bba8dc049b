# question: q3
# fault: stride=None is kept as it is instead of becoming kernel_size, so the default fails
# name: stride-none-kept
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding

    def forward(self, x):
        b, c, h, w = x.shape
        k, p = self.kernel_size, self.padding
        canvas = torch.full((b, c, h + 2 * p, w + 2 * p), float('-inf'), dtype=x.dtype, device=x.device)
        canvas[:, :, p:p + h, p:p + w] = x
        oh = (h + 2 * p - k) // self.stride + 1
        ow = (w + 2 * p - k) // self.stride + 1
        rows = []
        for i in range(oh):
            row = []
            for j in range(ow):
                top, left = i * self.stride, j * self.stride
                block = canvas[:, :, top:top + k, left:left + k]
                row.append(block.max(dim=3).values.max(dim=2).values)
            rows.append(torch.stack(row, dim=2))
        return torch.stack(rows, dim=2)
