# question: q1
# fault: the backward averages the gradient of the bias over the batch instead of summing it
# name: backward-bias-averaged
import math
import torch
import torch.nn as nn


class _AffineFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, inp, W, b):
        ctx.save_for_backward(inp, W)
        ctx.has_b = b is not None
        out = torch.einsum('nd,md->nm', inp, W)
        if b is not None:
            out = out + b
        return out

    @staticmethod
    def backward(ctx, dout):
        inp, W = ctx.saved_tensors
        dinp = torch.einsum('nm,md->nd', dout, W)
        dW = torch.einsum('nm,nd->md', dout, inp)
        db = None
        if ctx.has_b:
            db = torch.einsum('nm->m', dout) / dout.shape[0]
        return dinp, dW, db


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty((out_features, in_features)))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.register_parameter('bias', None)
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            k = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -k, k)

    def forward(self, x):
        lead = x.shape[:-1]
        flat = x.reshape(-1, self.in_features)
        out = _AffineFn.apply(flat, self.weight, self.bias)
        return out.reshape(*lead, self.out_features)
