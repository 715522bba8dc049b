# question: q2
# fault: the windows move by one pixel, the stride is only used for the output size
# name: conv-stride-ignored
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
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def pad(self, x):
        p = self.padding
        if p == 0:
            return x
        n, c, h, w = x.shape
        rows = x.new_zeros(n, c, p, w)
        x = torch.cat([rows, x, rows], dim=2)
        cols = x.new_zeros(n, c, h + 2*p, p)
        return torch.cat([cols, x, cols], dim=3)

    def forward(self, x):
        h_in, w_in = x.shape[2], x.shape[3]
        h_out = math.floor((h_in - self.kernel_size + 2*self.padding) / self.stride) + 1
        w_out = math.floor((w_in - self.kernel_size + 2*self.padding) / self.stride) + 1
        x = self.pad(x)
        lines = []
        for i in range(h_out):
            line = []
            for j in range(w_out):
                patch = x[:, :, i:i+self.kernel_size, j:j+self.kernel_size]
                value = torch.einsum('bcij,ocij->bo', patch, self.weight) + self.bias
                line.append(value)
            lines.append(torch.stack(line, dim=-1))
        return torch.stack(lines, dim=-2)
