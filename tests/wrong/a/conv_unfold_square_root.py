# question: q2
# fault: the output is taken to be square, its side being the root of the number of positions
# name: conv-square-images-only
import torch
import torch.nn as nn
import torch.nn.functional as F
import math


class CustomConv2D(nn.Module):

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
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
        fan_in = self.in_channels * self.kernel_size * self.kernel_size
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        cols = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        filters = self.weight.reshape(self.out_channels, -1)
        out = torch.einsum('ok,nkl->nol', filters, cols) + self.bias[:, None]
        H_in, W_in = x.shape[2:]
        side = int(math.sqrt(cols.shape[-1]))
        h, w = side, side
        return out.reshape(-1, self.out_channels, h, w)
