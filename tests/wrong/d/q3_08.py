# question: q3
# fault: with ceil_mode a last window that starts beyond the image and its left padding is not dropped, so the output has a row or column of minus infinity too many
# name: -

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    """Max pooling; ceil_mode as in torch."""

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False):
        super().__init__()
        pair = lambda v: (v, v) if isinstance(v, int) else tuple(v)
        self.kernel_size = pair(kernel_size)
        self.stride = pair(kernel_size if stride is None else stride)
        self.padding = pair(padding)
        self.ceil_mode = ceil_mode

    def _count(self, size, axis):
        k, s, p = self.kernel_size[axis], self.stride[axis], self.padding[axis]
        room = size + 2 * p - k
        if self.ceil_mode:
            room += s - 1
        n = room // s + 1
        return n

    def forward(self, x):
        n, c, h, w = x.shape
        oh, ow = self._count(h, 0), self._count(w, 1)
        (kh, kw), (sh, sw), (ph, pw) = self.kernel_size, self.stride, self.padding
        full_h = max((oh - 1) * sh + kh, h + 2 * ph)
        full_w = max((ow - 1) * sw + kw, w + 2 * pw)
        big = torch.full((n, c, full_h, full_w), float('-inf'), dtype=x.dtype, device=x.device)
        big[:, :, ph:ph + h, pw:pw + w] = x
        win = big.unfold(2, kh, sh).unfold(3, kw, sw)[:, :, :oh, :ow]
        return win.reshape(n, c, oh, ow, kh * kw).max(-1).values
