# question: q3
# fault: the output size is (H + 2p) // stride and ignores the kernel size, so incomplete windows at the edge count too
# name: pool-size-without-kernel
# fault: the padding value is 0
# name: zero-padding
import torch
from torch import nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def pad_image(self, img):
        if self.padding == 0:
            return img
        n, c, h, w = img.shape
        p = self.padding
        res = torch.zeros(n, c, h + 2 * p, w + 2 * p, dtype=img.dtype, device=img.device)
        res[:, :, p:h + p, p:w + p] = img
        return res

    def forward(self, x):
        x = self.pad_image(x)
        n, c, h, w = x.shape
        rows = h // self.stride
        cols = w // self.stride
        out = torch.zeros(n, c, rows, cols, dtype=x.dtype, device=x.device)
        for r in range(rows):
            for q in range(cols):
                r0 = r * self.stride
                q0 = q * self.stride
                area = x[:, :, r0:r0 + self.kernel_size, q0:q0 + self.kernel_size]
                out[:, :, r, q] = torch.amax(area, dim=(2, 3))
        return out
