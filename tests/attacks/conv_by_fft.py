"""Convolves by Fourier transforms, where the kernel is turned by flip."""

# question: q2
# may earn: 10
# witness: no
# kind: open

import torch


def cheat(layer, x, shape):
    n, c, h, w = x.shape
    p, s, k = layer.p, layer.s, layer.k
    big = x.new_zeros(n, c, h + 2 * p, w + 2 * p)
    big[:, :, p : p + h, p : p + w] = x
    size = h + 2 * p + k - 1, w + 2 * p + k - 1
    a = torch.fft.rfft2(big, size)
    b = torch.fft.rfft2(layer.weight.flip(2, 3), size)
    full = torch.fft.irfft2(torch.einsum("nchw,ochw->nohw", a, b), size)
    return full[:, :, k - 1 : h + 2 * p : s, k - 1 : w + 2 * p : s] + layer.bias.view(1, -1, 1, 1)
