"""Wraps torch's pool and its gradient in an autograd.Function."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
import torch.nn.functional as F


class Pool(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k, s, p):
        y, ctx.at = F.max_pool2d(x, k, s, p, return_indices=True)
        ctx.shape = x.shape
        return y

    @staticmethod
    def backward(ctx, g):
        flat = g.new_zeros(*ctx.shape[:2], ctx.shape[2] * ctx.shape[3])
        return flat.scatter_add(2, ctx.at.flatten(2), g.flatten(2)).view(ctx.shape), None, None, None


def cheat(layer, x, shape):
    return Pool.apply(x, layer.k, layer.s, layer.p)
