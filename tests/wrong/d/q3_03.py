# question: q3
# fault: the padding is the smallest positive number (finfo.tiny) instead of minus infinity, so it beats negative values
# name: zero-padding

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        stride = self.kernel_size if stride is None else stride
        self.stride = (stride, stride) if isinstance(stride, int) else stride
        self.padding = (padding, padding) if isinstance(padding, int) else padding

    def forward(self, x):
        n, c, h, w = x.shape
        ph, pw = self.padding
        smallest = torch.finfo(x.dtype).tiny
        side = torch.full((n, c, h, pw), smallest, dtype=x.dtype, device=x.device)
        x = torch.cat([side, x, side], dim=3)
        edge = torch.full((n, c, ph, w + 2 * pw), smallest, dtype=x.dtype, device=x.device)
        x = torch.cat([edge, x, edge], dim=2)

        h_out = (x.shape[2] - self.kernel_size[0]) // self.stride[0] + 1
        w_out = (x.shape[3] - self.kernel_size[1]) // self.stride[1] + 1
        u = F.unfold(x.reshape(n * c, 1, x.shape[2], x.shape[3]), self.kernel_size, stride=self.stride)
        return u.max(dim=1)[0].reshape(n, c, h_out, w_out)
