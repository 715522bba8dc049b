# question: q2
# fault: the output height is rounded up instead of down, so a stride that does not fit the height gives an exception or a wrong shape
# name: conv-ceil-for-floor

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride = stride if isinstance(stride, tuple) else (stride, stride)
        self.padding = padding if isinstance(padding, tuple) else (padding, padding)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *self.kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        kh, kw = self.kernel_size
        cols = F.unfold(x, (kh, kw), stride=self.stride, padding=self.padding)
        out = torch.einsum('ok,nkl->nol', self.weight.flatten(1), cols)
        out = out + self.bias.view(1, -1, 1)
        h = math.ceil((x.shape[2] + 2 * self.padding[0] - kh) / self.stride[0]) + 1
        return out.view(out.shape[0], out.shape[1], h, -1)
