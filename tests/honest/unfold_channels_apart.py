# questions: q2
# may lose: nothing

import torch
from torch.nn.functional import unfold
from torch.nn import Module, Parameter


class CustomConv2D(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        Module.__init__(self)
        self.geometry = {'kernel_size': kernel_size, 'stride': stride, 'padding': padding}
        self.weight = Parameter(torch.randn((out_channels, in_channels) + (kernel_size,) * 2))
        self.bias = Parameter(torch.randn(out_channels))

    def forward(self, input):
        batch, channels, *image = input.shape
        k, s, p = (self.geometry[key] for key in ('kernel_size', 'stride', 'padding'))
        cols = unfold(input, **self.geometry).view(batch, channels, k, k, -1)
        out = torch.einsum('bcijl,ocij->bol', cols, self.weight)
        sizes = [(n + 2 * p - k) // s + 1 for n in image]
        return (out + self.bias.unsqueeze(-1)).reshape(batch, -1, *sizes)
