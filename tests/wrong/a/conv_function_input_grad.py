# question: q2
# fault: in the hand-written backward, overlapping windows overwrite each other in the gradient of the input instead of adding up
# name: conv-backward-overwrites
# fault: in the hand-written backward, the border of padding is not cut off the gradient of the input
# name: conv-backward-keeps-padding
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class ConvOp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, stride, pad):
        O, I, k, _ = weight.shape
        N, _, H, W = x.shape
        Ho = (H + 2 * pad - k) // stride + 1
        Wo = (W + 2 * pad - k) // stride + 1
        U = F.unfold(x, k, padding=pad, stride=stride).reshape(N, I, k, k, Ho, Wo)
        ctx.save_for_backward(U, weight)
        ctx.geom = (N, I, H, W, k, stride, pad, Ho, Wo)
        return torch.einsum('nijkhw,oijk->nohw', U, weight) + bias.view(-1, 1, 1)

    @staticmethod
    def backward(ctx, g):
        U, weight = ctx.saved_tensors
        N, I, H, W, k, s, p, Ho, Wo = ctx.geom
        grad_w = torch.einsum('nohw,nijkhw->oijk', g, U)
        grad_b = torch.einsum('nohw->o', g)
        grad_x = torch.zeros(N, I, H + 2 * p, W + 2 * p, dtype=g.dtype, device=g.device)
        for a in range(k):
            for b in range(k):
                part = torch.einsum('nohw,oi->nihw', g, weight[:, :, a, b])
                grad_x[:, :, a:a + s * (Ho - 1) + 1:s, b:b + s * (Wo - 1) + 1:s] = part
        return grad_x, grad_w, grad_b, None, None


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.stride, self.padding = stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        return ConvOp.apply(x, self.weight, self.bias, self.stride, self.padding)
