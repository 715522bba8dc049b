# question: q2
# fault: the zeros are added only above and on the left, not on all four sides
# name: conv-padding-one-sided
# fault: the bias is added along the width (the last dimension) instead of the channels
# name: bias-along-width
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

    def forward(self, x):
        n, c, h, w = x.shape
        padded = torch.zeros(n, c, h + self.padding, w + self.padding, dtype=x.dtype, device=x.device)
        padded[:, :, self.padding:, self.padding:] = x
        # all windows at once: (n, c, oh, ow, k, k)
        windows = padded.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        out = torch.einsum('nchwij,ocij->nohw', windows, self.weight)
        out = out + self.bias
        return out
