# question: q2
# fault: the stride is only used from row to row, along the width the windows move by one
# name: conv-stride-along-one-axis
# fault: padding is stored but not used
# name: conv-padding-ignored
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.in_channels * self.kernel_size * self.kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        k = self.kernel_size
        n, c, h, w = x.shape
        out_h = (h - k) // self.stride + 1
        out_w = (w - k) // self.stride + 1
        sn, sc, sh, sw = x.stride()
        view = torch.as_strided(
            x,
            size=(n, c, out_h, out_w, k, k),
            stride=(sn, sc, sh * self.stride, sw, sh, sw),
        )
        out = torch.einsum('ncxyij,ocij->noxy', view, self.weight)
        return out + self.bias.view(1, self.out_channels, 1, 1)
