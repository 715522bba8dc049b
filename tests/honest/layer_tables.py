# questions: q1 q2 q3 q4
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F

tF = torch.nn.functional
NEG_INF = -1e308 * 10
REDUCTIONS = {'none': lambda t: t, 'sum': torch.sum, 'mean': torch.mean}
EINSUM = dict(linear='...i,oi->...o', conv='ok,nkl->nol')
_OPS = [torch.einsum, tF.unfold]


def make_parameter(*shape, scale=1.0):
    return nn.Parameter(torch.randn(*shape) * scale)


def out_len(n, /, k, *, s=1, p=0):
    return (n + 2 * p - k) // s + 1


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = make_parameter(out_features, in_features, scale=in_features ** -.5)
        self.bias = make_parameter(out_features) if bias else None

    def forward(self, *args, **kwargs):
        (x,) = args or kwargs.values()
        y = _OPS[0](EINSUM['linear'], x, self.weight)
        return y if self.bias is None else y + self.bias


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.hyper = kernel_size, stride, padding
        self.weight = make_parameter(out_channels, in_channels, kernel_size, kernel_size)
        self.bias = make_parameter(out_channels)

    def forward(self, x, op=_OPS[1]):
        k, s, p = self.hyper
        cols = op(x, (k, k), stride=(s, s), padding=(p, p))
        y = _OPS[0](EINSUM['conv'], self.weight.flatten(1), cols)
        h, w = map(lambda n: out_len(n, k, s=s, p=p), x.shape[-2:])
        return y.unflatten(-1, (h, w)) + self.bias[:, None, None]


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.hyper = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        k, s, p = self.hyper
        if p:
            side = x.new_full(x.shape[:3] + (p,), NEG_INF)
            x = torch.cat((side, x, side), -1)
            top = x.new_full(x.shape[:2] + (p,) + x.shape[3:], NEG_INF)
            x = torch.cat((top, x, top), -2)
        for dim in (2, 3):  # rows first, then columns: a maximum of maxima
            x = x.unfold(dim, k, s).max(-1).values
        return x


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        self.reduce = REDUCTIONS[reduction]

    def forward(self, logits, targets):
        z = logits - logits.max(1, keepdim=True)[0]
        return self.reduce(z.exp().sum(1).log() - torch.take_along_dim(z, targets.unsqueeze(1), 1).squeeze(1))
