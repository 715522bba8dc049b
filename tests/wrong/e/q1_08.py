# question: q1
# fault: the backward pass averages the gradients of weight and bias over the batch instead of summing them
# name: linear-backward-weight-averaged backward-bias-averaged
import math
import torch
import torch.nn as nn


class LinearFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        ctx.has_bias = b is not None
        y = torch.einsum('...i,oi->...o', x, w)
        if b is not None:
            y = y + b
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, w = ctx.saved_tensors
        g = grad_y.reshape(-1, w.shape[0])
        x2 = x.reshape(-1, w.shape[1])
        m = g.shape[0]
        grad_x = torch.einsum('...o,oi->...i', grad_y, w)
        grad_w = torch.einsum('mo,mi->oi', g, x2) / m
        grad_b = None
        if ctx.has_bias:
            grad_b = torch.einsum('mo->o', g) / m
        return grad_x, grad_w, grad_b


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            bound = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        return LinearFunction.apply(x, self.weight, self.bias)
