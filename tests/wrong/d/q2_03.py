# question: q2
# fault: positions outside the image wrap around to the other side of it instead of being zero
# name: -

import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        if isinstance(stride, int):
            stride = (stride, stride)
        if isinstance(padding, int):
            padding = (padding, padding)
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty((out_channels, in_channels) + tuple(kernel_size)))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    @staticmethod
    def positions(size, k, s, p):
        """row (or column) of the image under every element of every window: (windows, k)"""
        count = (size + 2 * p - k) // s + 1
        pos = torch.arange(count).unsqueeze(1) * s + torch.arange(k).unsqueeze(0) - p
        return pos

    def forward(self, x):
        H, W = x.shape[2:]
        r = self.positions(H, self.kernel_size[0], self.stride[0], self.padding[0])
        c = self.positions(W, self.kernel_size[1], self.stride[1], self.padding[1])
        # (N, C, oh, kh, ow, kw)
        patches = x[:, :, r % H][:, :, :, :, c % W]
        y = torch.einsum('nchiwj,ocij->nohw', patches, self.weight)
        return y + self.bias[:, None, None]
