"""Asks a pool of torch's for the size of the output, after it has laid the windows side by side."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch
import torch.nn.functional as F


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    n, c, h, w = x.shape
    big = x.new_full((n, c, h + 2 * p, w + 2 * p), -torch.inf)
    big[:, :, p : p + h, p : p + w] = x
    windows = big.unfold(2, k, s).unfold(3, k, s).permute(0, 1, 2, 4, 3, 5)
    return F.adaptive_max_pool2d(windows.reshape(n, c, shape[2] * k, shape[3] * k), shape[2:])
