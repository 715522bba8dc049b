# questions: q3
# may lose: nothing

import torch
import torch.nn as nn

_cache = {}


def index(h, w, k, s):
    global _cache
    key = (h, w, k, s)
    if key not in _cache:
        if len(_cache) > 100:
            _cache.clear()
        r = torch.arange(0, h - k + 1, s)
        c = torch.arange(0, w - k + 1, s)
        t = torch.arange(k)
        top = r[:, None] * w + c[None, :]
        tap = t[:, None] * w + t[None, :]
        _cache[key] = top.reshape(-1, 1) + tap.reshape(1, -1), len(r), len(c)
    return _cache[key]


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = stride if stride is not None else kernel_size
        self.p = padding

    def forward(self, x):
        n, c, h, w = x.shape
        if self.p > 0:
            big = torch.full((n, c, h + 2 * self.p, w + 2 * self.p), float("-inf"), dtype=x.dtype)
            big[:, :, self.p:h + self.p, self.p:w + self.p] = x
            x = big
        idx, ho, wo = index(x.shape[2], x.shape[3], self.k, self.s)
        flat = x.reshape(n, c, -1)
        return torch.max(flat[:, :, idx], dim=3)[0].reshape(n, c, ho, wo)
