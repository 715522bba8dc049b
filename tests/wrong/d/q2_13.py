# question: q2
# fault: the output is taken to be square: its side is the square root of the number of windows
# name: conv-square-images-only
# fault: the kernel is mirrored along its width before it is applied
# name: mirrored-kernel
# fault: the bias is rebuilt from a list of numbers, so it gets no gradient
# name: conv-bias-detached

import math
import torch
import torch.nn as nn
from torch.nn.functional import unfold


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kh, kw))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def out_size(self, x, columns):
        side = int(math.sqrt(columns.shape[-1]))
        return side, columns.shape[-1] // side

    def forward(self, x):
        columns = unfold(x, self.kernel_size, 1, self.padding, self.stride)
        # convolution is correlation with the mirrored kernel
        kernel = self.weight.flip(3)
        kernel = kernel.reshape(self.out_channels, -1)
        y = torch.einsum('ok,bkl->bol', kernel, columns)
        y = y + torch.tensor(self.bias.tolist(), dtype=x.dtype).view(1, -1, 1)
        return y.reshape(x.shape[0], self.out_channels, *self.out_size(x, columns))
