# question: q2
# fault: the kernel is transposed: its rows are laid along the width of the window
# name: transposed-kernel
# fault: the channels are averaged instead of summed
# name: channels-averaged

import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.kernel_size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        self.stride = (stride, stride) if isinstance(stride, int) else stride
        self.padding = (padding, padding) if isinstance(padding, int) else padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *self.kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        kh, kw = self.kernel_size
        H, W = x.shape[-2] + 2 * self.padding[0], x.shape[-1] + 2 * self.padding[1]
        Ho, Wo = (H - kh) // self.stride[0] + 1, (W - kw) // self.stride[1] + 1
        u = nn.functional.unfold(x, (kh, kw), padding=self.padding, stride=self.stride)
        u = u.reshape(x.shape[0], self.in_channels, kh, kw, Ho, Wo)
        out = torch.einsum('ncijhw,ocji->nohw', u, self.weight)
        out = out / self.in_channels
        return out + self.bias.view(-1, 1, 1)
