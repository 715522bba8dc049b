# question: q2
# fault: the handwritten backward overwrites the input gradient where windows overlap instead of adding to it
# name: conv-backward-overwrites

import math
import torch
import torch.nn as nn


class ConvFn(torch.autograd.Function):
    """cs231n style convolution with its own backward"""

    @staticmethod
    def forward(ctx, x, w, b, stride, pad):
        N, C, H, W = x.shape
        O, _, kh, kw = w.shape
        xp = x.new_zeros(N, C, H + 2 * pad[0], W + 2 * pad[1])
        xp[:, :, pad[0]:pad[0] + H, pad[1]:pad[1] + W] = x
        oh = (H + 2 * pad[0] - kh) // stride[0] + 1
        ow = (W + 2 * pad[1] - kw) // stride[1] + 1
        out = x.new_zeros(N, O, oh, ow)
        for i in range(oh):
            for j in range(ow):
                r, c = i * stride[0], j * stride[1]
                out[:, :, i, j] = torch.einsum('nckl,ockl->no', xp[:, :, r:r + kh, c:c + kw], w) + b
        ctx.save_for_backward(xp, w)
        ctx.conf = stride, pad, (H, W)
        return out

    @staticmethod
    def backward(ctx, dout):
        xp, w = ctx.saved_tensors
        stride, pad, (H, W) = ctx.conf
        kh, kw = w.shape[2:]
        dxp = torch.zeros_like(xp)
        dw = torch.zeros_like(w)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                r, c = i * stride[0], j * stride[1]
                g = dout[:, :, i, j]
                dxp[:, :, r:r + kh, c:c + kw] = torch.einsum('no,ockl->nckl', g, w)
                dw += torch.einsum('no,nckl->ockl', g, xp[:, :, r:r + kh, c:c + kw])
        dx = dxp[:, :, pad[0]:pad[0] + H, pad[1]:pad[1] + W]
        return dx, dw, dout.sum((0, 2, 3)), None, None


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        kernel_size, self.stride, self.padding = [
            (v, v) if isinstance(v, int) else v for v in (kernel_size, stride, padding)]
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        return ConvFn.apply(x, self.weight, self.bias, self.stride, self.padding)
