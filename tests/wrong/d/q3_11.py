# question: q3
# fault: images are put together with view, which raises for an input that is not contiguous
# name: pool-strided-view
# fault: the windows are laid out as (width, height), so outputs that are not square have the wrong shape
# name: pool-sizes-swapped pool-transposed-image

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        if stride is None:
            stride = kernel_size
        def pair(a):
            if isinstance(a, int):
                return a, a
            return a[0], a[1]
        self.kernel_size, self.stride, self.padding = pair(kernel_size), pair(stride), pair(padding)

    def forward(self, x):
        N, C, H, W = x.size()
        ph, pw = self.padding
        x = x.view(N * C, 1, H, W)
        if ph + pw > 0:
            framed = torch.full((N * C, 1, H + 2 * ph, W + 2 * pw), float('-inf'), dtype=x.dtype)
            framed[..., ph:ph + H, pw:pw + W] = x
            x = framed
        u = F.unfold(x, kernel_size=self.kernel_size, stride=self.stride)   # (N*C, kh*kw, L)
        best, _ = u.max(dim=1)
        out_h = (H + 2 * ph - self.kernel_size[0]) // self.stride[0] + 1
        out_w = (W + 2 * pw - self.kernel_size[1]) // self.stride[1] + 1
        return best.reshape(N, C, out_w, out_h)
