# questions: q1 q2
# may lose: nothing

import functools
import torch
import torch.nn as nn
import torch.nn.functional as F


def checked(dims):
    def decorate(forward):
        @functools.wraps(forward)
        def wrapper(self, x, *args, **kwargs):
            if dims is not None and x.dim() != dims:
                raise ValueError(f'{type(self).__name__}.{forward.__name__} wants {dims} dimensions, got {x.dim()}')
            return forward(self, x, *args, **kwargs)

        return wrapper

    return decorate


def plus_bias(forward):
    def inner(self, x):
        y = forward(self, x)
        if self.bias is None:
            return y
        return y + self.bias.view(self.bias_shape)

    inner.__doc__ = forward.__doc__
    return inner


class CustomLinear(nn.Module):
    bias_shape = (-1,)

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features))
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None

    @checked(None)
    @plus_bias
    def forward(self, x):
        """y = x A^T + b"""
        return torch.einsum('...i,oi->...o', x, self.weight)


class CustomConv2D(nn.Module):
    bias_shape = (1, -1, 1, 1)

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.rand(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.rand(out_channels))

    @checked(4)
    @plus_bias
    def forward(self, x):
        cols = F.unfold(x, self.k, padding=self.p, stride=self.s)
        size = functools.partial(lambda n, k, s, p: (n + 2 * p - k) // s + 1, k=self.k, s=self.s, p=self.p)
        y = torch.einsum('ok,nkl->nol', self.weight.flatten(1), cols)
        return y.view(x.shape[0], -1, size(x.shape[2]), size(x.shape[3]))
