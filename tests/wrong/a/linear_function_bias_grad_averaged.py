# question: q1
# fault: in the hand-written backward, the gradient of the bias is averaged over the rows instead of summed
# name: backward-bias-averaged
import math
import torch
import torch.nn as nn


class _Affine(torch.autograd.Function):

    @staticmethod
    def forward(ctx, X, W, b):
        ctx.save_for_backward(X, W)
        ctx.has_bias = b is not None
        flat = X.reshape(-1, X.shape[-1])
        Y = torch.einsum('ri,oi->ro', flat, W)
        if ctx.has_bias:
            Y = Y + b.unsqueeze(0)
        return Y.reshape(X.shape[:-1] + (W.shape[0],))

    @staticmethod
    def backward(ctx, dY):
        X, W = ctx.saved_tensors
        dX = torch.einsum('...o,oi->...i', dY, W)
        X2 = X.reshape(-1, W.shape[1])
        G2 = dY.reshape(-1, W.shape[0])
        dW = torch.einsum('ro,ri->oi', G2, X2)
        db = None
        if ctx.has_bias:
            db = torch.einsum('ro->o', G2) / G2.shape[0]
        return dX, dW, db


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            k = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -k, k)

    def forward(self, x):
        return _Affine.apply(x, self.weight, self.bias)
