# question: q2
# fault: as_strided is given the strides of a contiguous image, so an input that is transposed or permuted in memory is read wrongly
# name: strides-assumed

import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    """windows without copying: as_strided over the padded image"""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        pair = lambda t: tuple(t) if isinstance(t, (tuple, list)) else (t, t)
        self.kernel_size, self.stride, self.padding = pair(kernel_size), pair(stride), pair(padding)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *self.kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        (kh, kw), (sh, sw), (ph, pw) = self.kernel_size, self.stride, self.padding
        if (ph, pw) != (0, 0):
            top = x.new_zeros(x.shape[0], x.shape[1], ph, x.shape[3])
            x = torch.cat((top, x, top), dim=2).contiguous()
            side = x.new_zeros(x.shape[0], x.shape[1], x.shape[2], pw)
            x = torch.cat((side, x, side), dim=3).contiguous()
        n, c, h, w = x.size()
        oh = (h - kh) // sh + 1
        ow = (w - kw) // sw + 1
        windows = x.as_strided(
            (n, c, oh, ow, kh, kw),
            (c * h * w, h * w, w * sh, sw, w, 1),
        )
        out = torch.einsum('ncxykl,ockl->noxy', windows, self.weight)
        return out + self.bias.view(1, -1, 1, 1)
