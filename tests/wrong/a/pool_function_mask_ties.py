# question: q3
# fault: in the hand-written backward, every element that equals the maximum gets the whole gradient, instead of the first one only
# name: gradient-to-every-tie
import torch
import torch.nn as nn


class MaxPoolFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k, s, p):
        N, C, H, W = x.shape
        xp = torch.full((N, C, H + 2 * p, W + 2 * p), float("-inf"), dtype=x.dtype, device=x.device)
        xp[:, :, p:p + H, p:p + W] = x
        oh = (H + 2 * p - k) // s + 1
        ow = (W + 2 * p - k) // s + 1
        out = torch.empty(N, C, oh, ow, dtype=x.dtype, device=x.device)
        for r in range(oh):
            for q in range(ow):
                out[:, :, r, q] = xp[:, :, r*s:r*s+k, q*s:q*s+k].amax(dim=(2, 3))
        ctx.save_for_backward(xp, out)
        ctx.info = k, s, p, H, W
        return out

    @staticmethod
    def backward(ctx, dout):
        xp, out = ctx.saved_tensors
        k, s, p, H, W = ctx.info
        dxp = torch.zeros_like(xp)
        for r in range(out.shape[2]):
            for q in range(out.shape[3]):
                win = xp[:, :, r*s:r*s+k, q*s:q*s+k]
                mask = (win == out[:, :, r, q][:, :, None, None])
                dxp[:, :, r*s:r*s+k, q*s:q*s+k] += mask * dout[:, :, r, q][:, :, None, None]
        return dxp[:, :, p:p + H, p:p + W], None, None, None


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        return MaxPoolFn.apply(x, self.kernel_size, self.stride, self.padding)
