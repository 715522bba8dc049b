# questions: q1 q2
# may lose: nothing

import copy
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    _version = 2
    __constants__ = ['in_features', 'out_features']

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.register_parameter('weight', nn.Parameter(torch.empty(out_features, in_features)))
        self.register_parameter('bias', nn.Parameter(torch.empty(out_features)) if bias else None)
        self.register_buffer('calls', torch.zeros((), dtype=torch.long))
        self.register_buffer('kept', None, persistent=False)
        self.apply(self._init)
        self.train(True)
        for name, p in self.named_parameters():
            assert p.requires_grad and p.is_leaf, name

    @staticmethod
    def _init(module):
        if hasattr(module, 'weight'):
            nn.init.trunc_normal_(module.weight, std=0.02)
        if getattr(module, 'bias', None) is not None:
            nn.init.constant_(module.bias, 0)

    def forward(self, x):
        self.calls += 1
        y = torch.einsum('...i,oi->...o', x, self.weight)
        return y if self.bias is None else y + self.bias

    def num_parameters(self):
        return sum(p.numel() for p in self.parameters() if p.requires_grad)

    def copy_of(self):
        return copy.deepcopy(self)


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.stride, self.padding, self.kernel_size = stride, padding, kernel_size
        self.weight = nn.Parameter(torch.empty((out_channels, in_channels, kernel_size, kernel_size)), requires_grad=True)
        self.bias = nn.parameter.Parameter(torch.zeros((out_channels,)))
        nn.init.orthogonal_(self.weight)
        self.register_buffer('one', torch.ones(1))

    def forward(self, x):
        h = (x.shape[2] + 2 * self.padding - self.kernel_size) // self.stride + 1
        w = (x.shape[3] + 2 * self.padding - self.kernel_size) // self.stride + 1
        cols = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        y = torch.einsum('of,nfl->nol', self.weight.reshape(self.weight.shape[0], -1), cols * self.one)
        return y.reshape(y.shape[0], y.shape[1], h, w) + self.bias.reshape(1, -1, 1, 1)
