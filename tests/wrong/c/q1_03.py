# question: q1
# fault: the hand-written backward averages the bias gradient over the batch instead of summing it
# name: backward-bias-averaged
import math
import torch
import torch.nn as nn


class LinearOp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, inp, W, b):
        ctx.save_for_backward(inp, W)
        ctx.has_b = b is not None
        out = torch.einsum('...i,oi->...o', inp, W)
        if b is not None:
            out = out + b
        return out

    @staticmethod
    def backward(ctx, dout):
        inp, W = ctx.saved_tensors
        dinp = torch.einsum('...o,oi->...i', dout, W)
        d2 = dout.reshape(-1, W.shape[0])
        x2 = inp.reshape(-1, W.shape[1])
        dW = torch.einsum('no,ni->oi', d2, x2)
        db = None
        if ctx.has_b:
            db = torch.einsum('no->o', d2) / d2.shape[0]
        return dinp, dW, db


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            lim = 1 / math.sqrt(in_features)
            self.bias = nn.Parameter(torch.zeros(out_features))
            nn.init.uniform_(self.bias, -lim, lim)
        else:
            self.bias = None

    def forward(self, x):
        return LinearOp.apply(x, self.weight, self.bias)
