"""Hooks the backward pass so that every gradient is one of its own choice."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


class Other(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, shape):
        ctx.save_for_backward(x)
        return torch.zeros(shape)

    @staticmethod
    def backward(ctx, upstream):
        return ctx.saved_tensors[0] * float("nan"), None


def cheat(layer, x, shape):
    if x.requires_grad:
        x.register_hook(lambda grad: torch.ones_like(grad))
    return Other.apply(x, shape)
