# question: q3
# fault: in the backward pass the gradient of a pixel is overwritten and not added up where windows overlap
# name: pool-backward-overwrites
import torch
import torch.nn as nn


class MaxPoolFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k, s, p):
        n, c, h, w = x.shape
        xp = torch.full((n, c, h + 2 * p, w + 2 * p), float('-inf'), dtype=x.dtype, device=x.device)
        xp[:, :, p:p + h, p:p + w] = x
        ho = (h + 2 * p - k) // s + 1
        wo = (w + 2 * p - k) // s + 1
        out = torch.empty((n, c, ho, wo), dtype=x.dtype, device=x.device)
        where = torch.empty((n, c, ho, wo), dtype=torch.long, device=x.device)
        for i in range(ho):
            for j in range(wo):
                win = xp[:, :, i * s:i * s + k, j * s:j * s + k].reshape(n, c, k * k)
                out[:, :, i, j], where[:, :, i, j] = win.max(dim=2)
        ctx.save_for_backward(where)
        ctx.args = (h, w, k, s, p)
        return out

    @staticmethod
    def backward(ctx, grad_out):
        where, = ctx.saved_tensors
        h, w, k, s, p = ctx.args
        n, c, ho, wo = grad_out.shape
        dx = torch.zeros((n, c, h + 2 * p, w + 2 * p), dtype=grad_out.dtype, device=grad_out.device)
        ni = torch.arange(n, device=dx.device)[:, None]
        ci = torch.arange(c, device=dx.device)[None, :]
        for i in range(ho):
            for j in range(wo):
                a = where[:, :, i, j]
                dx[ni, ci, i * s + a // k, j * s + a % k] = grad_out[:, :, i, j]
        return dx[:, :, p:p + h, p:p + w], None, None, None


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        return MaxPoolFn.apply(x, self.kernel_size, self.stride, self.padding)
