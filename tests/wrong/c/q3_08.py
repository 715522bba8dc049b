# question: q3
# fault: the windows start at multiples of kernel_size instead of multiples of stride
# name: pool-stride-ignored
# fault: the padded buffer made at the first call is kept in self and reused for later inputs, whatever their size
# name: sizes-kept
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride else kernel_size
        self.padding = padding
        self.buf = None

    def forward(self, x):
        N, C, H, W = x.shape
        p = self.padding
        # allocating is slow, do it once
        if self.buf is None:
            self.buf = torch.full((N, C, H + 2 * p, W + 2 * p), float('-inf'), dtype=x.dtype, device=x.device)
        xb = self.buf.clone()
        xb[:, :, p:p + H, p:p + W] = x

        Ho = (xb.shape[2] - self.kernel_size) // self.stride + 1
        Wo = (xb.shape[3] - self.kernel_size) // self.stride + 1
        rows = []
        for i in range(Ho):
            row = []
            for j in range(Wo):
                y0 = i * self.kernel_size
                x0 = j * self.kernel_size
                win = xb[:, :, y0:y0 + self.kernel_size, x0:x0 + self.kernel_size]
                row.append(win.reshape(N, C, -1).max(dim=2)[0])
            rows.append(torch.stack(row, dim=-1))
        return torch.stack(rows, dim=-2)
