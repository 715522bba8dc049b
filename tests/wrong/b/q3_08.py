# question: q3
# fault: the backward gives the whole gradient to every tied maximum of a window instead of to one
# name: gradient-to-every-tie
# fault: the backward overwrites the gradient where windows overlap instead of adding to it
# name: pool-backward-overwrites
import torch
import torch.nn as nn


class MaxPoolFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, HH, stride, pad):
        N, C, H, W = x.shape
        xp = x.new_full((N, C, H + 2 * pad, W + 2 * pad), float('-inf'))
        xp[:, :, pad:pad + H, pad:pad + W] = x
        Hp = 1 + (H + 2 * pad - HH) // stride
        Wp = 1 + (W + 2 * pad - HH) // stride
        out = x.new_zeros(N, C, Hp, Wp)
        for h in range(Hp):
            for w in range(Wp):
                out[:, :, h, w] = xp[:, :, h * stride:h * stride + HH, w * stride:w * stride + HH].amax(dim=(2, 3))
        ctx.save_for_backward(xp, out)
        ctx.args = HH, stride, pad, H, W
        return out

    @staticmethod
    def backward(ctx, dout):
        xp, out = ctx.saved_tensors
        HH, stride, pad, H, W = ctx.args
        dxp = torch.zeros_like(xp)
        for h in range(out.shape[2]):
            for w in range(out.shape[3]):
                y, x = h * stride, w * stride
                window = xp[:, :, y:y + HH, x:x + HH]
                mask = (window == out[:, :, h, w][:, :, None, None]).to(dout.dtype)
                dxp[:, :, y:y + HH, x:x + HH] = mask * dout[:, :, h, w][:, :, None, None]
        return dxp[:, :, pad:pad + H, pad:pad + W], None, None, None


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, x):
        return MaxPoolFunction.apply(x, self.kernel_size, self.stride, self.padding)
