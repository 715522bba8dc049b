# question: q3
# fault: when several elements of a window are equal to the maximum, the backward gives each of them the whole gradient
# name: gradient-to-every-tie

import torch
import torch.nn as nn


class PoolFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k, s, p):
        n, c, h, w = x.shape
        xp = x.new_full((n, c, h + 2 * p[0], w + 2 * p[1]), float('-inf'))
        xp[:, :, p[0]:p[0] + h, p[1]:p[1] + w] = x
        out = xp.unfold(2, k[0], s[0]).unfold(3, k[1], s[1]).amax(dim=(4, 5))
        ctx.save_for_backward(xp, out)
        ctx.args = k, s, p, h, w
        return out

    @staticmethod
    def backward(ctx, grad):
        xp, out = ctx.saved_tensors
        k, s, p, h, w = ctx.args
        dxp = torch.zeros_like(xp)
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                rows = slice(i * s[0], i * s[0] + k[0])
                cols = slice(j * s[1], j * s[1] + k[1])
                window = xp[:, :, rows, cols]
                mask = (window == out[:, :, i:i + 1, j:j + 1]).to(grad.dtype)
                dxp[:, :, rows, cols] += mask * grad[:, :, i:i + 1, j:j + 1]
        return dxp[:, :, p[0]:p[0] + h, p[1]:p[1] + w], None, None, None


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        f = lambda v: (v, v) if isinstance(v, int) else v
        self.k = f(kernel_size)
        self.s = self.k if stride is None else f(stride)
        self.p = f(padding)

    def forward(self, x):
        return PoolFn.apply(x, self.k, self.s, self.p)
