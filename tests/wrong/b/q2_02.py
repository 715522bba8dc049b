# question: q2
# fault: the stride is not passed to unfold, though the output size counts it
# name: conv-stride-ignored
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
        self.weight = nn.Parameter(torch.Tensor(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.Tensor(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.in_channels * self.kernel_size * self.kernel_size
        bound = 1 / math.sqrt(fan_in)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        bs, _, h_in, w_in = input.shape
        h_out = math.floor((h_in + 2 * self.padding - (self.kernel_size - 1) - 1) / self.stride + 1)
        w_out = math.floor((w_in + 2 * self.padding - (self.kernel_size - 1) - 1) / self.stride + 1)
        # [bs, ksize, num_sliding]
        cols = F.unfold(input, kernel_size=self.kernel_size, padding=self.padding)
        weight_flat = self.weight.view(self.out_channels, -1)
        out = torch.einsum('ok,bkl->bol', weight_flat, cols)
        out = out + self.bias.view(1, -1, 1)
        return out.reshape(bs, self.out_channels, h_out, w_out)
