# questions: q2
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F
import itertools
from collections import OrderedDict, defaultdict, namedtuple

Shape = namedtuple('Shape', 'n c h w')


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.hyper = OrderedDict(k=kernel_size, s=stride, p=padding)
        self.seen = defaultdict(int)
        self.weight = nn.Parameter(torch.rand(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.rand(out_channels))

    def forward(self, x):
        shape = Shape(*x.shape)
        self.seen[shape] += 1
        k, s, p = self.hyper.values()
        big = torch.zeros(shape._replace(h=shape.h + 2 * p, w=shape.w + 2 * p), dtype=x.dtype)
        big[:, :, p:p + shape.h, p:p + shape.w] = x
        ho, wo = (big.shape[2] - k) // s + 1, (big.shape[3] - k) // s + 1
        taps = [
            big[:, :, i:i + (ho - 1) * s + 1:s, j:j + (wo - 1) * s + 1:s]
            for i, j in itertools.product(range(k), repeat=2)
        ]
        y = torch.einsum('tnchw,oct->nohw', torch.stack(taps), self.weight.flatten(2))
        return y + self.bias.view(1, -1, 1, 1)
