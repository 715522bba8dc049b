# question: q2
# fault: the result is reshaped to (N, O, W_out, H_out), height and width swapped
# name: conv-sizes-swapped
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


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
        fan_in = self.in_channels * self.kernel_size ** 2
        bound = 1 / math.sqrt(fan_in)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        batch, _, height, width = x.shape
        h_out = (height + 2 * self.padding - self.kernel_size) // self.stride + 1
        w_out = (width + 2 * self.padding - self.kernel_size) // self.stride + 1
        patches = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)   # (N, C*k*k, L)
        w = self.weight.view(self.out_channels, -1)
        out = torch.einsum('of,nfl->nol', w, patches) + self.bias.view(1, -1, 1)
        return out.view(batch, self.out_channels, w_out, h_out)
