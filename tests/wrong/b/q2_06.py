# question: q2
# fault: the backward overwrites the gradient of the input where windows overlap instead of adding to it
# name: conv-backward-overwrites
import math
import torch
import torch.nn as nn


class ConvOp(torch.autograd.Function):
    """forward and backward written by hand (as in cs231n)"""

    @staticmethod
    def forward(ctx, x, w, b, stride, pad):
        N, C, H, W = x.shape
        F_, _, HH, WW = w.shape
        Ho = 1 + (H + 2 * pad - HH) // stride
        Wo = 1 + (W + 2 * pad - WW) // stride
        xp = x.new_zeros(N, C, H + 2 * pad, W + 2 * pad)
        xp[:, :, pad:pad + H, pad:pad + W] = x
        out = x.new_zeros(N, F_, Ho, Wo)
        for i in range(Ho):
            for j in range(Wo):
                block = xp[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
                out[:, :, i, j] = torch.einsum('nchw,fchw->nf', block, w) + b
        ctx.save_for_backward(xp, w)
        ctx.conf = (stride, pad, H, W)
        return out

    @staticmethod
    def backward(ctx, dout):
        xp, w = ctx.saved_tensors
        stride, pad, H, W = ctx.conf
        HH, WW = w.shape[2], w.shape[3]
        dxp = torch.zeros_like(xp)
        dw = torch.zeros_like(w)
        db = torch.einsum('nfij->f', dout)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                top, left = i * stride, j * stride
                g = dout[:, :, i, j]
                block = xp[:, :, top:top + HH, left:left + WW]
                dw += torch.einsum('nf,nchw->fchw', g, block)
                dxp[:, :, top:top + HH, left:left + WW] = torch.einsum('nf,fchw->nchw', g, w)
        dx = dxp[:, :, pad:pad + H, pad:pad + W]
        return dx, dw, db, None, None


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        return ConvOp.apply(x, self.weight, self.bias, self.stride, self.padding)
