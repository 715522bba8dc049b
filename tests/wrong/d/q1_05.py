# question: q1
# fault: the handwritten backward returns no gradient for the input, so the layers before this one cannot learn
# name: linear-input-detached

import math
import torch
import torch.nn as nn


class _Affine(torch.autograd.Function):

    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        ctx.use_b = b is not None
        y = torch.einsum('...k,jk->...j', x, w)
        return y if b is None else y + b

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        dw = torch.einsum('nj,nk->jk', dy.reshape(-1, w.shape[0]), x.reshape(-1, w.shape[1]))
        db = dy.reshape(-1, w.shape[0]).sum(dim=0) if ctx.use_b else None
        return None, dw, db  # only the parameters are learned


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            limit = 1 / math.sqrt(self.weight.shape[1])
            nn.init.uniform_(self.bias, -limit, limit)

    def forward(self, inputs):
        return _Affine.apply(inputs, self.weight, self.bias)
