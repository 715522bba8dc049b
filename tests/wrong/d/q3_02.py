# question: q3
# fault: the running maximum is kept in the layer, so a second input of the same shape also competes with the maxima of the first
# name: -

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        two = lambda v: v if isinstance(v, tuple) else (v, v)
        self.k = two(kernel_size)
        self.s = two(stride) if stride is not None else self.k
        self.p = two(padding)
        self.best = None

    def forward(self, x):
        n, c, h, w = x.shape
        (kh, kw), (sh, sw), (ph, pw) = self.k, self.s, self.p
        xp = torch.full((n, c, h + 2 * ph, w + 2 * pw), float('-inf'), dtype=x.dtype)
        xp[:, :, ph:ph + h, pw:pw + w] = x
        oh = (h + 2 * ph - kh) // sh + 1
        ow = (w + 2 * pw - kw) // sw + 1
        if self.best is None or self.best.shape != (n, c, oh, ow) or self.best.dtype != x.dtype:
            self.best = x.new_full((n, c, oh, ow), float('-inf'))
        best = self.best
        for i in range(kh):
            for j in range(kw):
                candidate = xp[:, :, i:i + sh * (oh - 1) + 1:sh, j:j + sw * (ow - 1) + 1:sw]
                best = torch.stack((best, candidate)).max(dim=0)[0]
        self.best = best.detach()
        return best
