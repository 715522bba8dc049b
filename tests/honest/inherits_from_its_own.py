# questions: q1 q2 q3
# may lose: nothing

import abc
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class Base(nn.Module, abc.ABC):
    name = 'base'
    registry = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Base.registry.append(cls)

    def __init__(self, **hyper):
        super().__init__()
        for key, value in hyper.items():
            setattr(self, key, value)

    @abc.abstractmethod
    def forward(self, x):
        ...


class Affine(Base):
    name = 'affine'

    def make(self, *shape, bias=True):
        self.weight = nn.Parameter(torch.empty(*shape))
        self.bias = nn.Parameter(torch.empty(shape[0])) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            bound = 1 / math.sqrt(math.prod(shape[1:]))
            nn.init.uniform_(self.bias, -bound, bound)

    def add(self, y, *shape):
        return y if self.bias is None else y + self.bias.view(*shape)


class Windowed:
    def out(self, n):
        return (n + 2 * self.padding - self.kernel_size) // self.stride + 1


class CustomLinear(Affine):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__(in_features=in_features, out_features=out_features)
        self.make(out_features, in_features, bias=bias)

    def forward(self, x):
        return self.add(torch.einsum('...i,oi->...o', x, self.weight), -1)


class CustomConv2D(Affine, Windowed):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__(kernel_size=kernel_size, stride=stride, padding=padding)
        self.make(out_channels, in_channels, kernel_size, kernel_size)

    def forward(self, x):
        cols = F.unfold(x, self.kernel_size, stride=self.stride, padding=self.padding)
        y = torch.einsum('ok,nkl->nol', self.weight.flatten(1), cols)
        return self.add(y.view(*y.shape[:2], self.out(x.shape[2]), self.out(x.shape[3])), -1, 1, 1)


class CustomMaxPool2D(Base, Windowed):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__(kernel_size=kernel_size, stride=stride or kernel_size, padding=padding)

    def forward(self, x):
        p = self.padding
        n, c, h, w = x.shape
        big = torch.full((n, c, h + 2 * p, w + 2 * p), -math.inf, dtype=x.dtype)
        big[:, :, p:h + p, p:w + p] = x
        win = big.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        return win.reshape(n, c, self.out(h), self.out(w), -1).max(-1)[0]
