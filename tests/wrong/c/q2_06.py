# question: q2
# fault: the hand-written backward returns the gradient of the padded input without cutting the padding off
# name: conv-backward-keeps-padding
import math
import torch
import torch.nn as nn


class CrossCorr(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride, pad):
        N, C, H, W = x.shape
        O, _, K, _ = w.shape
        xp = torch.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=x.dtype, device=x.device)
        xp[:, :, pad:pad + H, pad:pad + W] = x
        Ho = (H + 2 * pad - K) // stride + 1
        Wo = (W + 2 * pad - K) // stride + 1
        out = torch.zeros((N, O, Ho, Wo), dtype=x.dtype, device=x.device)
        for i in range(K):
            for j in range(K):
                part = xp[:, :, i:i + stride * Ho:stride, j:j + stride * Wo:stride]
                out += torch.einsum('nchw,oc->nohw', part, w[:, :, i, j])
        out += b.reshape(1, -1, 1, 1)
        ctx.save_for_backward(xp, w)
        ctx.cfg = (stride, pad, H, W)
        return out

    @staticmethod
    def backward(ctx, g):
        xp, w = ctx.saved_tensors
        stride, pad, H, W = ctx.cfg
        Ho, Wo = g.shape[2], g.shape[3]
        K = w.shape[2]
        gx = torch.zeros_like(xp)
        gw = torch.zeros_like(w)
        for i in range(K):
            for j in range(K):
                rows = slice(i, i + stride * Ho, stride)
                cols = slice(j, j + stride * Wo, stride)
                gx[:, :, rows, cols] += torch.einsum('nohw,oc->nchw', g, w[:, :, i, j])
                gw[:, :, i, j] = torch.einsum('nohw,nchw->oc', g, xp[:, :, rows, cols])
        gb = torch.einsum('nohw->o', g)
        return gx, gw, gb, None, None


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size ** 2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        return CrossCorr.apply(x, self.weight, self.bias, self.stride, self.padding)
